import { assert, assertEquals } from "../../support/assert.ts";
import { type Records, withRecords } from "../../support/call-records.ts";
import { addNumbers, register, type Runner, value, values } from "../../support/pool.ts";
import { createRandom, type Random } from "../../support/random.ts";
import { type RawCall, writeCalls } from "../../support/record-calls.ts";

const START = "2030-03-01T00:00:00.000Z";
const CALLS = 10_000;
const DAYS = 30;
const TICK_HOURS = 24;
const CLINICS = 40;
const CALLBACK = "+13035550199";
const SEED = 20301;

interface Clinic {
  organizationId: string;
  phoneNumber: string;
}

/** What the records should turn out to be, by their ids. */
interface Expected {
  kind: Map<string, string>;
  callOf: Map<string, string>;
  costs: Map<string, number>;
  visibleAt: Map<string, number>;
}

/** Hundred-thousandths of a dollar, so that the sum is exact. */
const toUnits = (usd: string) => Math.round(Number(usd) * 100_000);

Deno.test(`${CALLS} calls in ${DAYS} days, records late, twice and missing, the worker killed`, async () => {
  await withRecords(START, async (records) => {
    const clinics = await openClinics(records);
    const random = createRandom(SEED);
    const expected: Expected = {
      kind: new Map(),
      callOf: new Map(),
      costs: new Map(),
      visibleAt: new Map(),
    };
    const ticks = DAYS * 24 / TICK_HOURS;
    let kills = 0;
    for (let tick = 0; tick < ticks; tick++) {
      const end = records.now() + TICK_HOURS * 3600_000;
      await makeCalls(records, clinics, random, expected, Math.round(CALLS / ticks), end);
      await records.pass((end - records.now()) / 1000);
      kills += await importWithKills(records, random);
      await check(records, expected);
    }
    await records.pass(2 * 86_400);
    kills += await importWithKills(records, random);
    await check(records, expected, true);
    await checkSums(records, expected);
    assert(kills > 15, `${kills} kills`);
    console.log(`${expected.kind.size} records, ${kills} kills, seed ${SEED}`);
  });
});

async function openClinics({ db }: Records): Promise<Clinic[]> {
  await addNumbers(db, CLINICS);
  await register(db, CLINICS);
  await db.query(
    "update public.organizations set settings = jsonb_build_object($1::text, $2::text)",
    [
      "callback_number",
      CALLBACK,
    ],
  );
  return await values<Clinic>(
    db,
    `select jsonb_build_object('organizationId', organization_id, 'phoneNumber', phone_number)
       as value from public.phone_numbers where organization_id is not null order by phone_number`,
  );
}

/** Calls until `end`, and what else there is on the account; some a second time to one patient. */
async function makeCalls(
  records: Records,
  clinics: Clinic[],
  random: Random,
  expected: Expected,
  count: number,
  end: number,
): Promise<void> {
  const calls: RawCall[] = [];
  const start = records.now();
  const at = () => start + random.integer(end - start - 900_000);
  while (calls.length < count) {
    const clinic = random.pick(clinics);
    const callee = `+1303555${random.digits(4)}`;
    const first = at();
    const times = random.chance(0.05) ? [first, first + 180_000] : [first];
    for (const time of times) {
      calls.push(intakeCall(records, random, expected, clinic, callee, time));
    }
  }
  await writeCalls(records.db, calls);
  for (let n = 0; n < count * 0.03; n++) {
    inbound(records, random, expected, random.pick(clinics), at());
  }
  for (let n = 0; n < count * 0.02; n++) foreign(records, random, expected, at());
  if (random.chance(0.4)) stolen(records, random, expected, random.pick(clinics), at());
}

const delayOf = (random: Random) =>
  random.chance(0.04) ? 3600_000 * (1 + random.integer(25)) : 600_000 + random.integer(1200_000);

function note(
  records: Records,
  expected: Expected,
  kind: string,
  record: Parameters<Records["addRecord"]>[0] & { delay_ms: number },
): void {
  const id = records.addRecord(record);
  const stored = records.simulator.state.records.get(id);
  assert(stored);
  expected.kind.set(id, kind);
  expected.visibleAt.set(id, stored.visibleAt);
  if (kind !== "foreign") expected.costs.set(id, toUnits(stored.wire.cost));
}

function intakeCall(
  records: Records,
  random: Random,
  expected: Expected,
  clinic: Clinic,
  callee: string,
  time: number,
): RawCall {
  const seconds = random.chance(0.6) ? 5 + random.integer(170) : undefined;
  const call: RawCall = {
    id: random.uuid(),
    organizationId: clinic.organizationId,
    callee,
    dialingAt: new Date(time).toISOString(),
    seconds,
    // Of a call that nobody answered LiveKit tells none, and a webhook may be lost.
    sipCallId: seconds !== undefined && !random.chance(0.03) ? random.uuid() : undefined,
  };
  if (random.chance(0.01)) return call;
  const id = `record-${call.id}`;
  note(records, expected, "intake", {
    id,
    cli: clinic.phoneNumber,
    cld: callee,
    started_at: new Date(time + 300 + random.integer(4000)).toISOString(),
    call_sec: seconds,
    sip_call_id: call.sipCallId,
    cost: `0.0${random.digits(4)}`,
    delay_ms: delayOf(random),
  });
  expected.callOf.set(id, call.id);
  return call;
}

/** A patient calls back, and is put through to the clinic. */
function inbound(
  records: Records,
  random: Random,
  expected: Expected,
  { phoneNumber }: Clinic,
  time: number,
): void {
  const telnyx_session_id = random.uuid();
  const caller = `+1720555${random.digits(4)}`;
  const call = { telnyx_session_id, call_sec: 60, shaken_stir: null };
  note(records, expected, "inbound", {
    ...call,
    direction: "inbound",
    cli: caller,
    cld: phoneNumber,
    started_at: new Date(time).toISOString(),
    delay_ms: delayOf(random),
  });
  note(records, expected, "forwarded", {
    ...call,
    cli: random.chance(0.5) ? phoneNumber : caller,
    cld: CALLBACK,
    started_at: new Date(time + 1500).toISOString(),
    delay_ms: delayOf(random),
  });
}

function foreign(records: Records, random: Random, expected: Expected, time: number): void {
  note(records, expected, "foreign", {
    cli: "+12025550100",
    cld: `+1202555${random.digits(4)}`,
    started_at: new Date(time).toISOString(),
    call_sec: 30,
    delay_ms: delayOf(random),
  });
}

function stolen(
  records: Records,
  random: Random,
  expected: Expected,
  clinic: Clinic,
  time: number,
): void {
  note(records, expected, "without_permit", {
    cli: clinic.phoneNumber,
    cld: `+1900555${random.digits(4)}`,
    started_at: new Date(time).toISOString(),
    call_sec: 600,
    cost: "4.20000",
    delay_ms: delayOf(random),
  });
}

/** Workers that die now and then, until the list is read; then the sweep. */
async function importWithKills(records: Records, random: Random): Promise<number> {
  let kills = 0;
  while (random.chance(0.6)) {
    const died = await records.runUntilKilled(
      1 + random.integer(20),
      random.chance(0.5) ? "before" : "after",
    );
    kills += Number(died);
    // Its lease.
    await records.pass(91);
  }
  assert(await records.readAll());
  await records.db.query("select phone_pool.match_call_records(100000)");
  await records.db.query("select phone_pool.fold_alert_events(100000)");
  return kills;
}

/** All that Telnyx shows is here, and is what it is: nothing more, nothing less. */
async function check({ db }: Records, expected: Expected, isEnd = false): Promise<void> {
  const rows = await db.query<{ id: string; kind: string; intake_call_id: string | null }>(
    "select id, kind, intake_call_id from phone_pool.call_records",
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  const read = await value<Date>(
    db,
    "select read_until as value from phone_pool.call_record_import",
  );
  for (const [id, kind] of expected.kind) {
    const row = found.get(id);
    if (!row) {
      assert(!isEnd && (expected.visibleAt.get(id) ?? 0) > Number(read), `no ${id}`);
      continue;
    }
    // Its inbound call may be a day late.
    if (!isEnd && kind === "forwarded" && row.kind === "foreign") continue;
    assertEquals([id, row.kind, row.intake_call_id], [id, kind, expected.callOf.get(id) ?? null]);
  }
}

async function checkSums({ db }: Records, expected: Expected): Promise<void> {
  const units = [...expected.costs.values()].reduce((all, cost) => all + cost, 0);
  assertEquals(
    await value(
      db,
      `select round(sum(cost_usd) * 100000)::text from phone_pool.call_records
       where phone_number_id is not null`,
    ),
    String(units),
  );
  const cents = Math.round(units / 1000);
  const [spending] = await db.query<{ cents: string; estimated: number }>(
    `select round(100 * sum(minutes_usd - estimated_usd))::text as cents,
       sum(estimated_usd)::float8 as estimated from admin_spending`,
  );
  assertEquals(spending?.cents, String(cents));
  assert(spending && spending.estimated > 0, "what has no record is estimated");
  assertEquals(
    await value(
      db,
      `select round(100 * sum(minutes_usd - estimated_usd))::text as value
       from admin_organization_costs`,
    ),
    String(cents),
  );
  assertEquals(
    await value(db, "select sum(billed_usd)::text as value from phone_pool.intake_calls"),
    await value(
      db,
      "select sum(cost_usd)::text as value from phone_pool.call_records where kind = 'intake'",
    ),
  );
  await checkAlerts(db, expected);
}

async function checkAlerts(db: Runner, expected: Expected): Promise<void> {
  const stolen = [...expected.kind.values()].filter((kind) => kind === "without_permit").length;
  assert(stolen > 10);
  const alerted = await value<number>(
    db,
    "select sum(occurrences)::int as value from phone_pool.alerts where kind = 'call_without_permit'",
  );
  assertEquals(alerted, stolen);
}
