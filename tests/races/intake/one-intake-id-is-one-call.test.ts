import { assertEquals, assertNotEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { allowAnyHour, openCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, register, value } from "../../support/pool.ts";
import { openSession, untilItWaits, withoutWaiting } from "../../support/sessions.ts";

for (const end of ["commit", "rollback"]) {
  Deno.test(`the same request twice at once, the first ends with ${end}: one row`, async () => {
    await using db = await createTestDatabase();
    await allowAnyHour(db);
    await addNumbers(db, 8);
    const [id] = await register(db, 1);
    const [a, b] = [await openSession(db), await openSession(db)];
    await a.query("begin");
    const first = await openCall(a, id, { intakeId: "i-1" });
    const second = await untilItWaits(db, b, (s) => openCall(s, id, { intakeId: "i-1" }));
    await a.query(end);
    const { id: callId } = await second.result;
    if (end === "commit") assertEquals(callId, first.id);
    else assertNotEquals(callId, first.id);
    assertEquals(await value(db, "select count(*)::int from phone_pool.intake_calls"), 1);
  });
}

Deno.test("another body at the same time is refused", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const [id] = await register(db, 1);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await openCall(a, id, { intakeId: "i-1" });
  const other = await untilItWaits(
    db,
    b,
    async (s) => (await openCall(s, id, { intakeId: "i-1", hash: "other" })).reason ?? "a permit",
  );
  await a.query("commit");
  assertEquals(await other.result, "intake_id_reused");
});

Deno.test("another organization's requests do not wait", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const [id, other] = await register(db, 2);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await openCall(a, id, { intakeId: "i-1" });
  await withoutWaiting(db, b, (s) => openCall(s, other, { intakeId: "i-1" }));
  await a.query("commit");
});

Deno.test("a permit is used by one of two", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const [id] = await register(db, 1);
  const call = await openCall(db, id);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await startCall(a, call.id);
  const second = await untilItWaits(db, b, (s) => outcomeOf(startCall(s, call.id)));
  await a.query("commit");
  assertEquals(await second.result, "PP007");
});
