import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { openCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, register } from "../../support/pool.ts";

Deno.test("an auditor reads every decision; whole numbers only service_role", async () => {
  await using db = await createTestDatabase();
  await db.query(`create or replace function phone_pool.clock() returns timestamptz
    language sql set search_path = pg_catalog, pg_temp
    as $$ select timestamptz '2026-07-01 17:00Z' $$`);
  await addNumbers(db, 1);
  const [own, without] = await register(db, 2);
  const { id } = await openCall(db, own, { callee: "+18505550123" });
  await startCall(db, id);
  await openCall(db, without);
  const columns = `requested_by, caller_id, callee, status, reason, time_zone_source, local_times,
    organization_name, talk_time`;
  const read = `select ${columns} from admin_intake_calls order by status`;
  const [permit, refusal] = await db.query(read);
  assertEquals(permit, {
    requested_by: "secret_key",
    caller_id: "…0001",
    callee: "…0123",
    status: "dialing",
    reason: null,
    time_zone_source: "area_code",
    local_times: {
      "America/Chicago": "2026-07-01 12:00:00",
      "America/New_York": "2026-07-01 13:00:00",
    },
    organization_name: "Clinic 1",
    talk_time: null,
  });
  assertEquals([refusal?.status, refusal?.reason, refusal?.caller_id], [
    "refused",
    "no_phone_number",
    null,
  ]);
  const service = await db.connect("service_role");
  const { rows: [whole] } = await service.query(read);
  assertMatch(whole.caller_id, /^\+1212555\d{4}$/);
  assertEquals(whole.callee, "+18505550123");
});
