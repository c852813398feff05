import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall, recordCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, value } from "../../support/pool.ts";

Deno.test("LiveKit's ids are recorded as they become known", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const { id } = await openCall(db, await registerOne(db));
  await startCall(db, id);
  const record = (dispatch: string | null, sip: string | null) =>
    db.query("select phone_pool_worker.record_intake_call($1, 'dialing', null, $2, $3)", [
      id,
      dispatch,
      sip,
    ]);
  await record("AD_1", null);
  await record(null, "SCL_1");
  assertEquals(
    await db.query(
      "select status, dispatch_id, sip_call_id, ended_at from phone_pool_worker.get_intake_call($1)",
      [
        id,
      ],
    ),
    [{ status: "dialing", dispatch_id: "AD_1", sip_call_id: "SCL_1", ended_at: null }],
  );
});

Deno.test("failed or refused, nothing changes it", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 1);
  const organization = await registerOne(db);
  const failed = await openCall(db, organization);
  assertEquals((await recordCall(db, failed.id, "failed", "telephony_timeout"))?.status, "failed");
  const refused = await openCall(db, await registerOne(db));
  for (const { id } of [failed, refused]) {
    const before = await value(
      db,
      "select to_jsonb(c) from phone_pool_worker.get_intake_call($1) c",
      [id],
    );
    for (const status of ["dialing", "queued", "failed", "refused", null]) {
      assertEquals(await recordCall(db, id, status, "other"), undefined);
    }
    assertEquals(
      await value(db, "select to_jsonb(c) from phone_pool_worker.get_intake_call($1) c", [id]),
      before,
    );
  }
});

Deno.test("an unknown call: no row", async () => {
  await using db = await createTestDatabase();
  assertEquals(await recordCall(db, crypto.randomUUID(), "failed", "x"), undefined);
});
