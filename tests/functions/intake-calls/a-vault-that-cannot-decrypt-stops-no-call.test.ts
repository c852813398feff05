import { assertEquals } from "../../support/assert.ts";
import { callBody, clinicWith, withCalls } from "../../support/calls.ts";
import { openAlerts, value } from "../../support/pool.ts";

Deno.test("a Vault that cannot decrypt stops no call, and leaves an alert", () =>
  withCalls(async ({ db, post, simulator }) => {
    const clinic = await clinicWith(db, "+19712656795");
    // As the real one says in a project that was restored or copied: another root key.
    await (await db.connect("supabase_admin")).query(`
      create or replace function vault.cannot_decrypt() returns text language plpgsql
      as $$ begin raise 'pgsodium_crypto_aead_det_decrypt_by_id: invalid ciphertext'; end $$;
      create or replace view vault.decrypted_secrets as
      select id, name, description, secret, vault.cannot_decrypt() collate "C" as decrypted_secret, key_id,
        nonce, created_at, updated_at from vault.secrets`);
    assertEquals((await post(callBody(clinic))).status, 202);
    assertEquals(simulator.state().calls.length, 1);
    assertEquals(await value(db, "select count(*)::int from phone_pool.callees"), 0);
    assertEquals((await openAlerts(db)).includes("callee_not_noted"), true);
    // Nor its end, nor what the application is told of it.
    await db.query("update phone_pool.settings set call_webhook_url = 'https://example.test/x'");
    await db.query(
      "select phone_pool_worker.report_intake_call(intake_id, 'ended', 'busy') from phone_pool.intake_calls",
    );
    assertEquals(await db.query("select status from phone_pool.intake_calls"), [{
      status: "busy",
    }]);
    assertEquals((await openAlerts(db)).includes("call_notice_undelivered"), true);
  }));
