import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openCall, recordCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, rolledBack, setClock } from "../../support/pool.ts";

const PHONE = "+14155550123";
type Step = (db: TestDatabase, clinic: string) => Promise<unknown>;

async function startedCall(db: TestDatabase, clinic: string, callee: string): Promise<string> {
  const { id } = await openCall(db, clinic, { callee });
  await startCall(db, id);
  return id;
}

const setting = (change: string): Step => (db) =>
  db.query(`update phone_pool.settings set ${change}`);

interface Reason {
  code: string;
  /** A call of before, permitted while nothing was in its way. */
  call?: Step;
  arrange?: Step;
}

/** What cannot change soon comes before what can, and the patient before the clinic's limits. */
const REASONS: Reason[] = [
  { code: "organization_inactive", arrange: setting("inactive_statuses = '{active}'") },
  {
    code: "destination_not_allowed",
    arrange: (db) =>
      db.query("insert into phone_pool.refused_exchanges values ('555', '0123', 'a test')"),
  },
  {
    code: "number_not_active",
    arrange: (db, clinic) =>
      db.query("update phone_numbers set carrier_status = 'gone' where organization_id = $1", [
        clinic,
      ]),
  },
  { code: "do_not_call", arrange: (db) => db.query("select add_do_not_call($1)", [PHONE]) },
  { code: "consent_missing", arrange: setting("require_consent = true") },
  { code: "outside_calling_hours", arrange: setting("calling_hours_from = '20:00'") },
  { code: "patient_in_call", call: (db, clinic) => startedCall(db, clinic, PHONE) },
  {
    code: "too_many_calls",
    call: async (db, clinic) =>
      await recordCall(db, await startedCall(db, clinic, PHONE), "busy", "callee_busy"),
    arrange: setting("calls_per_patient_per_day = 1"),
  },
  { code: "rate_limited", arrange: setting("calls_per_organization_per_minute = 1") },
  {
    code: "too_many_calls_in_flight",
    call: (db, clinic) => startedCall(db, clinic, "+14155550124"),
    arrange: setting("calls_in_flight_per_organization = 1"),
  },
];

Deno.test("of several reasons to refuse a call the first is told", async (t) => {
  await using db = await createTestDatabase();
  await setClock(db, "2026-11-20 12:00-08");
  await addNumbers(db, 8);
  const clinic = await registerOne(db);
  for (const [nth, { code }] of REASONS.entries()) {
    await t.step(`${code}, before all behind it`, () =>
      rolledBack(db, async () => {
        const standing = REASONS.slice(nth).toReversed();
        for (const { call } of standing) await call?.(db, clinic);
        for (const { arrange } of standing) await arrange?.(db, clinic);
        const { status, reason } = await openCall(db, clinic, { callee: PHONE });
        assertEquals([status, reason], ["refused", code]);
      }));
  }
});
