import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, recordCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, rolledBack, sweep, travel } from "../../support/pool.ts";

const PATIENT = "6b1f0d5e-0000-4000-8000-000000000001";
const PHONE = "+14155550123";
const OTHER_PHONES = ["+14155550124", "+14155550125", "+14155550126"];

async function ask(db: TestDatabase, clinic: string, patient: string, callee: string) {
  const [row] = await db.query<{ id: string; reason: string | null }>(
    `select id, reason from phone_pool_worker.open_intake_call(p_organization_id => $1, p_patient_id => $2,
       p_phone_number => $3, p_intake_id => gen_random_uuid()::text, p_request_hash => 'hash')`,
    [clinic, patient, callee],
  );
  return row ?? { id: "", reason: "" };
}

type Course = (db: TestDatabase, id: string, nth: number) => Promise<unknown>;

/** What became of each of the three calls that a day allows, and whether a fourth is too many. */
const COURSES: [what: string, course: Course, isCounted: boolean][] = [
  [
    "the phone rang",
    async (db, id) => [await startCall(db, id), await recordCall(db, id, "busy", "callee_busy")],
    true,
  ],
  [
    "no agent came",
    async (db, id) => [
      await startCall(db, id),
      await recordCall(db, id, "failed", "agent_unavailable"),
    ],
    false,
  ],
  ["there was no room", (db, id) => recordCall(db, id, "failed", "telephony_unavailable"), false],
  [
    "nobody dialled",
    async (db, _id, nth) => [await travel(db, `${2 * nth} minutes`), await sweep(db)],
    false,
  ],
];

Deno.test("a call that never rang does not count, by patient or by phone", async (t) => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const clinic = await registerOne(db);
  for (const [what, course, isCounted] of COURSES) {
    const reason = isCounted ? "too_many_calls" : null;
    await t.step(
      `${what}: the patient ${isCounted ? "was called" : "was not"}`,
      () =>
        rolledBack(db, async () => {
          for (const [k, phone] of OTHER_PHONES.entries()) {
            await course(db, (await ask(db, clinic, PATIENT, phone)).id, k + 1);
          }
          assertEquals((await ask(db, clinic, PATIENT, PHONE)).reason, reason);
        }),
    );
    await t.step(
      `${what}: the phone ${isCounted ? "was called" : "was not"}`,
      () =>
        rolledBack(db, async () => {
          for (let nth = 1; nth <= 3; nth++) {
            await course(db, (await ask(db, clinic, crypto.randomUUID(), PHONE)).id, nth);
          }
          assertEquals((await ask(db, clinic, PATIENT, PHONE)).reason, reason);
        }),
    );
  }
});
