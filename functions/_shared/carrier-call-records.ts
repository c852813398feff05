import { z } from "zod";
import { type CarrierClientOptions, createCarrierClient } from "./carrier-client.ts";
import { entries, optionalText, readEntries } from "./carrier-entries.ts";
import { CarrierError } from "./carrier-errors.ts";

/** What Telnyx writes down of one call (CDR). Numbers are E.164; null: not told. */
export interface CallRecord {
  id: string;
  direction: "outbound" | "inbound";
  cli: string | null;
  cld: string | null;
  sip_call_id: string | null;
  telnyx_session_id: string | null;
  /** ISO 8601, UTC. */
  started_at: string;
  billed_seconds: number;
  /** US dollars, as a decimal: never a float. */
  cost_usd: string;
  attestation: "A" | "B" | "C" | null;
}

export interface CallRecordPage {
  records: CallRecord[];
  /** Of every entry, readable or not, to see whether pages advance. */
  ids: string[];
  isLast: boolean;
}

/** Telnyx's list of detail records of calls. Throws CarrierError only. */
export interface CallRecords {
  /** The nth page, from 1 on, of the records of calls that began at `since` (ISO 8601) or later. */
  page(since: string, nth: number): Promise<CallRecordPage>;
}

// More is not given, whatever is asked for.
const PAGE_SIZE = 50;
const MOST_PAGES = 20_000;

const number = optionalText.transform((text) => {
  const digits = text?.replace(/[\s().-]/g, "").match(/^\+?([1-9]\d{6,14})$/)?.[1];
  if (!digits) return null;
  return digits.length === 10 && !text?.startsWith("+") ? `+1${digits}` : `+${digits}`;
});

const instant = z.string().transform((text, context) => {
  const at = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  context.addIssue({ code: "custom", message: "is no time" });
  return z.NEVER;
});

const decimal = z.union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d+(\.\d+)?(e-\d+)?$/));

// A letter of STIR/SHAKEN; anything else says nothing.
const attestation = optionalText
  .transform((text) => z.enum(["A", "B", "C"]).safeParse(text?.trim().toUpperCase()).data ?? null);

const directions = {
  outbound: "outbound",
  outgoing: "outbound",
  inbound: "inbound",
  incoming: "inbound",
} as const;

const callRecord = z.object({
  record_type: z.literal("sip-trunking"),
  id: z.union([z.string(), z.int().transform(String)])
    .pipe(z.string().regex(/^[A-Za-z0-9_.:-]{1,100}$/)),
  direction: z.string().toLowerCase().pipe(z.enum(["outbound", "outgoing", "inbound", "incoming"])),
  cli: number,
  cld: number,
  sip_call_id: optionalText,
  telnyx_session_id: optionalText,
  started_at: instant,
  billed_sec: z.coerce.number().int().min(0).max(1_000_000),
  cost: decimal,
  currency: z.literal("USD").nullish(),
  shaken_stir: attestation,
}).transform((entry): CallRecord => ({
  id: entry.id,
  direction: directions[entry.direction],
  cli: entry.cli,
  cld: entry.cld,
  sip_call_id: entry.sip_call_id,
  telnyx_session_id: entry.telnyx_session_id,
  started_at: entry.started_at,
  billed_seconds: entry.billed_sec,
  cost_usd: entry.cost,
  attestation: entry.shaken_stir,
}));

const page = z.object({ data: entries, meta: z.unknown() });
const pagination = z.object({ total_pages: z.int() });
const anyId = z.object({ id: z.coerce.string() });

/** Telnyx through its SDK. */
export function createCallRecords(options: CarrierClientOptions): CallRecords {
  const { client, request } = createCarrierClient(options);
  return {
    page: (since, nth) =>
      request("list_call_records", "other", async (signal, skip) => {
        if (nth > MOST_PAGES) throw new CarrierError("invalid", `more than ${MOST_PAGES} pages`);
        const reply = await client.detailRecords.list({
          filter: { record_type: "sip-trunking", started_at: { gte: since } },
          "page[number]": nth,
          "page[size]": PAGE_SIZE,
        }, { signal });
        const { data, meta } = page.parse({ data: reply.data, meta: reply.meta });
        const read = readEntries(data, callRecord, skip);
        const records = read.filter(({ started_at }) => started_at >= since);
        const strangers = read.length - records.length;
        for (let n = 0; n < strangers; n++) skip("older than asked for");
        const total = pagination.safeParse(meta).data?.total_pages;
        return {
          records,
          ids: data.map((entry) => anyId.safeParse(entry).data?.id ?? ""),
          isLast: data.length === 0 ||
            (total === undefined ? data.length < PAGE_SIZE : nth >= total) ||
            // A filter that does not filter: what is older begins here, and nothing else comes.
            strangers > 0 && isNewestFirst(read),
        };
      }),
  };
}

const isNewestFirst = (records: CallRecord[]) =>
  records.every(({ started_at }, at) =>
    at === 0 || started_at <= (records[at - 1]?.started_at ?? "")
  );
