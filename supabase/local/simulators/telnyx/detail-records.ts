import { z } from "zod";
import type { RequestContext } from "./context.ts";
import { pick } from "./faults.ts";
import { formatAmount, parseAmount } from "./money.ts";
import { makeRecordsOdd } from "./odd-entries.ts";
import { badRequest, rateLimited } from "./refusal.ts";
import { isoTime, type State } from "./state.ts";
import { amount } from "./values.ts";
import type { Page, WireDetailRecord, WireOdd } from "./wire.ts";

/** What there is to know of a call when its record is written. */
export const recordToAdd = z.strictObject({
  id: z.string().optional(),
  direction: z.enum(["outbound", "inbound"]).default("outbound"),
  cli: z.string(),
  cld: z.string(),
  sip_call_id: z.string().optional(),
  telnyx_session_id: z.string().optional(),
  started_at: z.iso.datetime(),
  /** Left out: it was not answered. */
  call_sec: z.number().nonnegative().optional(),
  /** Left out: whole minutes at $0.005. */
  cost: amount.optional(),
  shaken_stir: z.string().nullable().default("A"),
  record_type: z.string().default("sip-trunking"),
  /** How long after the call's end the API shows it. */
  delay_ms: z.number().nonnegative().default(0),
});
export type RecordToAdd = z.input<typeof recordToAdd>;

export interface DetailRecord {
  visibleAt: number;
  startedAt: number;
  wire: WireDetailRecord;
}

const RATE = "0.00500";
const PAGE_SIZE = 50;
const REQUESTS_A_MINUTE = 40;
const FILTERS = ["filter[record_type]", "filter[started_at][gte]", "filter[started_at][lt]"];

/** Writes the record of a call. */
export function addRecord(state: State, added: RecordToAdd): { id: string } {
  const call = recordToAdd.parse(added);
  const startedAt = Date.parse(call.started_at);
  const seconds = call.call_sec ?? 0;
  const billed = Math.ceil(seconds / 60) * 60;
  const endedAt = startedAt + seconds * 1000;
  const id = call.id ?? crypto.randomUUID();
  const wire: WireDetailRecord = {
    record_type: call.record_type,
    id,
    sip_call_id: call.sip_call_id ?? crypto.randomUUID(),
    telnyx_session_id: call.telnyx_session_id ?? crypto.randomUUID(),
    direction: call.direction,
    cli: call.cli,
    cld: call.cld,
    started_at: isoTime(startedAt),
    answered_at: call.call_sec === undefined ? null : isoTime(startedAt),
    finished_at: isoTime(endedAt),
    attempted: 1,
    connected: call.call_sec === undefined ? 0 : 1,
    completed: call.call_sec === undefined ? 0 : 1,
    call_sec: seconds,
    billed_sec: billed,
    cost: call.cost ?? formatAmount(parseAmount(RATE) * billed / 60),
    rate: RATE,
    currency: "USD",
    shaken_stir: call.shaken_stir,
    connection_id: state.settings.connectionId,
  };
  state.records.set(id, { visibleAt: endedAt + call.delay_ms, startedAt, wire });
  return { id };
}

/** 40 requests in a calendar minute; only these headers say when the next ones are let in. */
function limitRate(state: State): void {
  const now = state.timers.now();
  const minute = Math.floor(now / 60_000);
  if (state.recordRequests.minute !== minute) state.recordRequests = { minute, count: 0 };
  if (++state.recordRequests.count > REQUESTS_A_MINUTE) {
    throw rateLimited(Math.ceil(60 - (now / 1000) % 60), REQUESTS_A_MINUTE);
  }
}

/**
 * GET /detail_records: the newest first whatever `sort` says, 50 to a page whatever is asked for. A
 * field that the records do not have filters everything away, without an error.
 */
export function listDetailRecords(
  { state, url, faults }: RequestContext,
): Page<WireDetailRecord> | WireOdd {
  limitRate(state);
  const type = url.searchParams.get("filter[record_type]");
  if (type === null) throw badRequest("filter[record_type] is required.");
  const now = state.timers.now();
  const isIgnored = pick(faults, "filters_ignored") !== undefined;
  const bound = (name: string, otherwise: number) =>
    Date.parse(url.searchParams.get(`filter[started_at][${name}]`) ?? "") || otherwise;
  const [from, until] = [bound("gte", -Infinity), bound("lt", Infinity)];
  const isUnknown = [...url.searchParams.keys()]
    .some((name) => name.startsWith("filter[") && !FILTERS.includes(name));
  const found = [...state.records.values()]
    .filter(({ visibleAt }) => visibleAt <= now)
    .filter(({ startedAt, wire }) =>
      isIgnored || !isUnknown && wire.record_type === type && startedAt >= from &&
        startedAt < until
    )
    .sort((a, b) => b.startedAt - a.startedAt);
  const asked = Number(url.searchParams.get("page[number]") ?? 1);
  const nth = pick(faults, "pages_do_not_advance") ? 1 : asked;
  const data = found.slice((nth - 1) * PAGE_SIZE, nth * PAGE_SIZE).map(({ wire }) => wire);
  const meta = {
    page_number: asked,
    page_size: PAGE_SIZE,
    total_pages: Math.ceil(found.length / PAGE_SIZE),
    total_results: found.length,
  };
  return pick(faults, "odd_entries") ? { data: makeRecordsOdd(data), meta } : { data, meta };
}
