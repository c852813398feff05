import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { allowAnyHour, openCall } from "../../support/intake-calls.ts";
import { addNumbers, register } from "../../support/pool.ts";

Deno.test("a decision about a call is never rewritten, not even by postgres", async (t) => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 1);
  const [own, without] = await register(db, 2);
  const permit = await openCall(db, own);
  const refusal = await openCall(db, without);
  await db.query("select record_consent($1, gen_random_uuid(), '+12125550123', 'spoken', now())", [
    own,
  ]);
  await db.query("select add_do_not_call('+12125550123')");
  const set = (id: string, what: string) =>
    `update phone_pool.intake_calls set ${what} where id = '${id}'`;
  const REFUSED = [
    set(permit.id, "caller_id = '+12125550999'"),
    set(permit.id, "callee = '+12125550999'"),
    set(permit.id, "requested_by = 'somebody'"),
    set(permit.id, "local_times = '{}'"),
    set(permit.id, "created_at = now()"),
    set(permit.id, "expires_at = now() + interval '1 year'"),
    set(refusal.id, "reason = 'do_not_call'"),
    set(refusal.id, "status = 'queued', reason = null, ended_at = null"),
    "delete from phone_pool.intake_calls",
    "truncate phone_pool.intake_calls, phone_pool.call_records",
    "delete from phone_pool.consents",
    "update phone_pool.consents set given_at = now() - interval '1 year'",
    "delete from phone_pool.do_not_call",
  ];
  for (const statement of REFUSED) {
    await t.step(
      statement.replaceAll(permit.id, "permit").replaceAll(refusal.id, "refusal"),
      async () => {
        assertEquals(await outcomeOf(db.query(statement)), "PP049");
      },
    );
  }
  await t.step("a consent is revoked, once", async () => {
    const revoke = "update phone_pool.consents set revoked_at = now(), revoke_reason = 'x'";
    assertEquals([await outcomeOf(db.query(revoke)), await outcomeOf(db.query(revoke))], [
      "ok",
      "PP049",
    ]);
  });
});
