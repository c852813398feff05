import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall, recordCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, rolledBack, travel } from "../../support/pool.ts";

const CASES: [minutes: number, action: string, reason: string | null][] = [
  [1, "watch", null],
  [9, "watch", null],
  [11, "hang_up", "max_call_minutes"],
  // Whatever has kept anybody from looking.
  [600, "hang_up", "max_call_minutes"],
];

Deno.test("a call is hung up after settings.max_call_minutes, also where LiveKit does not", async (t) => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await db.query("update phone_pool.settings set max_call_minutes = 10");
  await addNumbers(db, 8);
  const clinic = await registerOne(db);
  for (const [minutes, action, reason] of CASES) {
    await t.step(`after ${minutes} minutes: ${action}`, () =>
      rolledBack(db, async () => {
        const { id } = await openCall(db, clinic);
        await startCall(db, id);
        await recordCall(db, id, "dialing");
        await travel(db, `${minutes * 60 + 30} seconds`);
        const claimed = "select call_id, action from phone_pool_worker.claim_calls_to_check()";
        assertEquals(await db.query(claimed), [{ call_id: id, action }]);
        assertEquals(await db.query(claimed), [], "one invocation looks after it");
        assertEquals(
          await db.query("select hang_up_reason from phone_pool.intake_calls"),
          [{ hang_up_reason: reason }],
        );
      }));
  }
});
