import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, recordCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, rolledBack, sweep, travel } from "../../support/pool.ts";
import { type Fact, failed, finished, had, joined, left, report } from "./support/facts.ts";

const PATIENT = "6b1f0d5e-0000-4000-8000-000000000001";
const SOMEBODY = "6b1f0d5e-0000-4000-8000-000000000002";
const PHONE = "+14155550123";

async function ask(db: TestDatabase, clinic: string, patient = PATIENT, callee = PHONE) {
  const [row] = await db.query<{ id: string; status: string; reason: string | null }>(
    `select id, status, reason from phone_pool_worker.open_intake_call(p_organization_id => $1, p_patient_id => $2,
       p_phone_number => $3, p_intake_id => gen_random_uuid()::text, p_request_hash => 'hash')`,
    [clinic, patient, callee],
  );
  return row ?? { id: "", status: "", reason: "" };
}

const ENDINGS: Record<string, Fact[]> = {
  "the patient hangs up": [joined, left(1, "hangup")],
  "nobody answers": [joined, left(11, "ringing")],
  "the room is finished": [joined, finished],
  "it could not be dialled": [failed("failed")],
  "LiveKit no longer knows it": [
    (db, id) => db.query("select phone_pool_worker.record_intake_call_lost($1)", [id]),
  ],
};

Deno.test("one call to a patient at a time", async (t) => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const clinic = await registerOne(db);
  const other = await registerOne(db);
  const inCall = { status: "refused", reason: "patient_in_call" };
  const answer = async (...parameters: Parameters<typeof ask>) => {
    const { status, reason } = await ask(...parameters);
    return { status, reason };
  };
  const queued = { status: "queued", reason: null };

  await t.step(
    "neither the patient nor the phone, while it is about to be dialled or is",
    () =>
      rolledBack(db, async () => {
        const { id } = await ask(db, clinic);
        assertEquals(await answer(db, clinic), inCall);
        await startCall(db, id);
        assertEquals(await answer(db, clinic), inCall);
        assertEquals(await answer(db, clinic, PATIENT, "+14155550199"), inCall);
        assertEquals(await answer(db, clinic, SOMEBODY, PHONE), inCall);
        assertEquals(await answer(db, clinic, SOMEBODY, "+14155550199"), queued);
        assertEquals(await answer(db, other), queued);
      }),
  );
  await t.step(
    "the agent's report does not end it: the phone may still be up",
    () =>
      rolledBack(db, async () => {
        const { id } = await ask(db, clinic);
        await startCall(db, id);
        await had(db, id);
        await report("ended", "completed", 1)(db, id);
        assertEquals(await answer(db, clinic), inCall);
      }),
  );
  for (const [what, facts] of Object.entries(ENDINGS)) {
    await t.step(`it ends: ${what}`, () =>
      rolledBack(db, async () => {
        const { id } = await ask(db, clinic);
        await startCall(db, id);
        for (const fact of facts) await fact(db, id);
        assertEquals(await answer(db, clinic), queued);
      }));
  }
  await t.step("a permit that was not used blocks for a minute", () =>
    rolledBack(db, async () => {
      await ask(db, clinic);
      await travel(db, "61 seconds");
      assertEquals(await answer(db, clinic), queued);
    }));
  await t.step(
    "a call of which nothing was told blocks no longer than it could have lasted",
    () =>
      rolledBack(db, async () => {
        const { id } = await ask(db, clinic);
        await startCall(db, id);
        await recordCall(db, id, "dialing");
        await travel(db, "60 minutes");
        assertEquals(await answer(db, clinic), inCall);
        await travel(db, "62 minutes");
        assertEquals(await answer(db, clinic), queued);
        await travel(db, "66 minutes");
        assertEquals((await sweep(db)).close_lost_calls, 2);
      }),
  );
});
