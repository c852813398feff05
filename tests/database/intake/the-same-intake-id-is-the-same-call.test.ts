import { assertEquals, assertNotEquals } from "../../support/assert.ts";
import { outcomeOf } from "../../support/failure.ts";
import { createTestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall, recordCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, planNow, register } from "../../support/pool.ts";

Deno.test("the same body: the first row again, whatever became of the call", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const [one, other] = await register(db, 2);
  const first = await openCall(db, one, { intakeId: "i-1" });
  assertEquals(await openCall(db, one, { intakeId: "i-1" }), first);
  await startCall(db, first.id);
  assertEquals((await openCall(db, one, { intakeId: "i-1" })).id, first.id);
  await recordCall(db, first.id, "failed", "telephony_refused");
  const again = await openCall(db, one, { intakeId: "i-1" });
  assertEquals([again.id, again.status, again.reason], [first.id, "failed", "telephony_refused"]);

  const foreign = await openCall(db, other, { intakeId: "i-1" });
  assertNotEquals(foreign.id, first.id, "another organization's ids are its own");
});

Deno.test("another body is refused and kept nowhere; the call stays as it was", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const [id] = await register(db, 1);
  const first = await openCall(db, id, { intakeId: "i-1" });
  const other = await openCall(db, id, { intakeId: "i-1", hash: "other" });
  assertEquals([other.status, other.reason], ["refused", "intake_id_reused"]);
  assertEquals(await db.query("select id from phone_pool.intake_calls"), [{ id: first.id }]);
  assertEquals(await openCall(db, id, { intakeId: "i-1" }), first);
});

Deno.test("refused, it may be asked for again", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  const [id] = await register(db, 1);
  assertEquals((await openCall(db, id, { intakeId: "i-1" })).status, "refused");
  await db.query("select import_phone_number('+12125550100', '1')");
  await planNow(db);
  assertEquals((await openCall(db, id, { intakeId: "i-1", hash: "other" })).status, "queued");
});

Deno.test("a second row with it is refused by the table itself, whoever writes it", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const [id] = await register(db, 1);
  await openCall(db, id, { intakeId: "i-1" });
  const copy = db.query(
    `insert into phone_pool.intake_calls (intake_id, organization_id, patient_id, callee,
       phone_number_id, caller_id, status, request_hash, requested_by, room_name, created_at,
       expires_at)
     select intake_id, organization_id, gen_random_uuid(), '+14155550199', phone_number_id,
       caller_id, status, 'other', requested_by, 'call-2', created_at, expires_at
     from phone_pool.intake_calls`,
  );
  assertEquals(await outcomeOf(copy), "23505");
});
