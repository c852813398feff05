import { assert, assertEquals } from "../../support/assert.ts";
import { type Records, withRecords } from "../../support/call-records.ts";
import { addNumbers, openAlerts, register, value, values } from "../../support/pool.ts";
import { type RawCall, writeCalls } from "../../support/record-calls.ts";

const START = "2030-03-10T12:00:00.000Z";
const PATIENT = "+13035550123";

interface Clinic {
  organizationId: string;
  phoneNumber: string;
}

/** Two clinics, and a day in which they have called nobody yet. */
async function withClinics(
  body: (records: Records, ...clinics: [Clinic, Clinic]) => Promise<void>,
) {
  await withRecords(START, async (records) => {
    await addNumbers(records.db, 2);
    await register(records.db, 2);
    await records.pass(86_400);
    const [one, two] = await values<Clinic>(
      records.db,
      `select jsonb_build_object('organizationId', organization_id, 'phoneNumber', phone_number)
         as value from public.phone_numbers order by phone_number`,
    );
    assert(one && two);
    await body(records, one, two);
  });
}

const ago = (records: Records, seconds: number) =>
  new Date(records.now() - seconds * 1000).toISOString();

const call = (records: Records, { organizationId }: Clinic, changes: Partial<RawCall> = {}) => ({
  id: crypto.randomUUID(),
  organizationId,
  callee: PATIENT,
  dialingAt: ago(records, 600),
  seconds: 90,
  ...changes,
});

/** The list is read, and the sweep comes. */
async function settle({ db, readAll, pass }: Records): Promise<void> {
  await pass(901);
  assert(await readAll());
  await db.query("select phone_pool.match_call_records(), phone_pool.watch_pool()");
}

const kinds = ({ db }: Records) =>
  values<string>(db, "select kind as value from phone_pool.call_records order by started_at, id");

const alertsOf = async ({ db }: Records, ...wanted: string[]) =>
  (await openAlerts(db)).filter((kind) => wanted.includes(kind));

Deno.test("a call costs what Telnyx says; until then its minutes, and it is marked", () =>
  withClinics(async (records, one) => {
    const { db, addRecord } = records;
    const made = call(records, one, { sipCallId: "a@b" });
    await writeCalls(db, [made]);
    const costs = () =>
      db.query(
        `select cost_usd::float8 as usd, is_cost_estimated, (select minutes_usd::float8
           from admin_spending limit 1) as minutes, (select estimated_usd::float8
           from admin_spending limit 1) as estimated from admin_intake_calls`,
      );
    assertEquals(await costs(), [
      { usd: 0.015, is_cost_estimated: true, minutes: 0.02, estimated: 0.02 },
    ]);
    addRecord({
      cli: one.phoneNumber,
      cld: PATIENT,
      sip_call_id: "a@b",
      started_at: made.dialingAt,
      call_sec: 90,
      cost: "1.23456",
    });
    await settle(records);
    assertEquals(await costs(), [
      { usd: 1.23456, is_cost_estimated: false, minutes: 1.23, estimated: 0 },
    ]);
    assertEquals(await kinds(records), ["intake"]);
  }));

Deno.test("each of these is a permitted call, and none an alert", () =>
  withClinics(async (records, one, two) => {
    const { db, addRecord } = records;
    const at = ago(records, 600);
    const record = (clinic: Clinic, sip_call_id: string, started_at = at, cld = PATIENT) =>
      addRecord({ cli: clinic.phoneNumber, cld, sip_call_id, started_at });
    await writeCalls(db, [
      call(records, one, { sipCallId: "known" }),
      // Nobody answered, so that LiveKit told no Call-ID; called again three minutes later.
      call(records, two, { seconds: undefined }),
      call(records, two, { seconds: undefined, dialingAt: ago(records, 420) }),
      // LiveKit tells it with something behind it.
      call(records, one, { callee: "+13035550124", sipCallId: "told@10.0.0.1" }),
    ]);
    record(one, "known");
    // A second route, of which Telnyx writes a record of its own.
    record(one, "known", ago(records, 598));
    record(two, "first");
    record(two, "second", ago(records, 419));
    record(one, "told", at, "+13035550124");
    await settle(records);
    assertEquals(await kinds(records), Array.from({ length: 5 }, () => "intake"));
    assertEquals(
      await values(
        db,
        `select count(*)::int as value from phone_pool.call_records
         group by intake_call_id order by 1`,
      ),
      [1, 1, 1, 2],
    );
    assertEquals(await alertsOf(records, "call_without_permit"), []);
  }));

Deno.test("each of these nobody has permitted", () =>
  withClinics(async (records, one, two) => {
    const { db, addRecord } = records;
    const started_at = ago(records, 600);
    await writeCalls(db, [call(records, one)]);
    const record = (cli: string, cld: string, at = started_at) =>
      addRecord({ cli, cld, started_at: at, call_sec: 600 });
    record(one.phoneNumber, PATIENT);
    // The same patient once more, another one, another clinic's number, and hours after the permit.
    record(one.phoneNumber, PATIENT, ago(records, 598));
    record(one.phoneNumber, "+13035550999");
    record(two.phoneNumber, PATIENT);
    record(one.phoneNumber, PATIENT, ago(records, 20));
    // None of our numbers.
    record("+12025550100", PATIENT);
    // Somebody calls the clinic meanwhile; that forwards none of these.
    addRecord({ direction: "inbound", cli: PATIENT, cld: one.phoneNumber, started_at });
    await settle(records);
    assertEquals((await kinds(records)).sort(), [
      "foreign",
      "inbound",
      "intake",
      ...Array.from({ length: 4 }, () => "without_permit"),
    ]);
    assertEquals(await alertsOf(records, "call_without_permit"), [
      "call_without_permit",
      "call_without_permit",
    ]);
    const [message] = await values<string>(
      db,
      "select message as value from phone_pool.alerts where kind = 'call_without_permit' limit 1",
    );
    assert(message?.includes(" dollars (record "), message);
    assertEquals(message?.includes("5550"), false, "no number of a patient");
  }));

for (const order of ["together", "the leg first", "the call first"]) {
  Deno.test(`a forwarded call is none, shown ${order}, and its clinic pays for both legs`, () =>
    withClinics(async (records, one) => {
      const { db, addRecord } = records;
      const telnyx_session_id = "session-1";
      const started_at = ago(records, 600);
      const later = (is: boolean) => is ? 3600_000 : 0;
      addRecord({
        direction: "inbound",
        cli: PATIENT,
        cld: one.phoneNumber,
        telnyx_session_id,
        started_at,
        cost: "0.01000",
        delay_ms: later(order === "the leg first"),
      });
      addRecord({
        // As Telnyx may show it: the patient's number, or ours.
        cli: order === "together" ? one.phoneNumber : PATIENT,
        cld: "+13035550177",
        telnyx_session_id,
        started_at: ago(records, 598),
        cost: "0.02000",
        delay_ms: later(order === "the call first"),
      });
      await settle(records);
      await records.pass(3600);
      await settle(records);
      assertEquals(await kinds(records), ["inbound", "forwarded"]);
      assertEquals(
        await value(
          db,
          "select minutes_usd::float8 from admin_organization_costs where organization_id = $1",
          [one.organizationId],
        ),
        0.03,
      );
      assertEquals(await alertsOf(records, "call_without_permit"), []);
    }));
}

Deno.test("other attestations than A are an alert, once a number, until A is back", () =>
  withClinics(async (records, one) => {
    const { db, addRecord } = records;
    const sign = async (...letters: (string | null)[]) => {
      for (const [n, shaken_stir] of letters.entries()) {
        const made = call(records, one, { sipCallId: crypto.randomUUID() });
        await writeCalls(db, [made]);
        addRecord({
          cli: one.phoneNumber,
          cld: PATIENT,
          sip_call_id: made.sipCallId,
          started_at: ago(records, 600 - n),
          shaken_stir,
        });
      }
      await settle(records);
      return await alertsOf(records, "attestation_low");
    };
    assertEquals(await sign("A", null, ""), []);
    assertEquals(await sign("B"), ["attestation_low"]);
    assertEquals(await sign("C", "B"), ["attestation_low"]);
    assertEquals(
      await value(db, "select occurrences from phone_pool.alerts where kind = 'attestation_low'"),
      1,
    );
    assertEquals(await sign("A"), []);
  }));

Deno.test("the budget of minutes is near: by records, and by estimate", () =>
  withClinics(async (records, one) => {
    const { db } = records;
    const isNear = async () => {
      await db.query("select phone_pool.watch_pool()");
      return (await alertsOf(records, "budget_near")).length;
    };
    await writeCalls(db, [call(records, one, { seconds: 6000 })]);
    assertEquals(await isNear(), 0, "without a budget");
    await db.query("update phone_pool.settings set monthly_minutes_budget_usd = 1.2");
    assertEquals(await isNear(), 1, "a dollar by estimate");
    await db.query("update phone_pool.settings set monthly_minutes_budget_usd = 1.3");
    assertEquals(await isNear(), 0);
  }));

Deno.test("calls of which Telnyx has no record after a day are an alert", () =>
  withClinics(async (records, one) => {
    const { db } = records;
    const calls = Array.from(
      { length: 6 },
      (_, n) => call(records, one, { dialingAt: ago(records, 600 + 60 * n) }),
    );
    await writeCalls(db, calls);
    await settle(records);
    assertEquals(await alertsOf(records, "records_missing"), []);
    await records.pass(86_400);
    await settle(records);
    assertEquals(await alertsOf(records, "records_missing"), ["records_missing"]);
    for (const { id, dialingAt } of calls) {
      records.addRecord({ id, cli: one.phoneNumber, cld: PATIENT, started_at: dialingAt });
    }
    await records.pass(3600);
    await settle(records);
    assertEquals(await alertsOf(records, "records_missing"), []);
  }));

Deno.test("a number that loses its answers is an alert until it is replaced", () =>
  withClinics(async (records, one) => {
    const { db } = records;
    await addNumbers(db, 1);
    const calls = (count: number, seconds: number | undefined, hours: number) =>
      Array.from({ length: count }, (_, n) =>
        call(records, one, {
          callee: `+1303555${String(n).padStart(4, "0")}`,
          dialingAt: ago(records, 3600 * hours + n),
          seconds,
        }));
    await db.query(
      "update public.phone_numbers set assigned_at = assigned_at - interval '30 days'",
    );
    await writeCalls(db, [...calls(150, 60, 30), ...calls(5, undefined, 2)]);
    await settle(records);
    assertEquals(await alertsOf(records, "number_losing_answers"), []);
    await writeCalls(db, calls(25, undefined, 1));
    await records.pass(3600);
    await settle(records);
    assertEquals(await alertsOf(records, "number_losing_answers"), ["number_losing_answers"]);
    await db.query("select replace_phone_number($1, 'labelled as spam')", [one.organizationId]);
    await records.pass(3600);
    await settle(records);
    assertEquals(await alertsOf(records, "number_losing_answers"), []);
  }));
