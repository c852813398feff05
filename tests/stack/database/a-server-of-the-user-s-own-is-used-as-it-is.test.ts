import { readdirSync } from "node:fs";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { functionsFixture, PARTS, plainSettings, startTestStack } from "../support.ts";

Deno.test("a server of the user's own is used as it is", async () => {
  await using database = await createTestDatabase({ bare: true });
  await database.query("select vault.create_secret('set-by-somebody-else', 'phone_pool_secret')");
  await using fixture = await functionsFixture({
    told: `export default { fetch: () => new Response(Deno.env.get("PHONE_POOL_SECRET")) };`,
  }, "[functions.told]\nverify_jwt = false\n");
  await using stack = await startTestStack(PARTS, {
    ...fixture,
    settings: plainSettings({
      SUPABASE_DB_URL: database.url,
      // With credentials of their own, the carriers are not simulated either.
      TELNYX_API_KEY: "KEY0",
      TELNYX_CONNECTION_ID: "1",
      TELNYX_PUBLIC_KEY: `${"A".repeat(43)}=`,
      LIVEKIT_URL: "https://livekit.example.com",
      LIVEKIT_API_KEY: "API0",
      LIVEKIT_API_SECRET: "secret",
      LIVEKIT_SIP_TRUNK_ID: "ST_0",
    }, { telnyx: true, livekit: true, database: true }),
  });

  assertEquals(stack.info.db_url, database.url);
  assertEquals(Object.keys(stack.info.parts).sort(), ["gateway", "told"]);
  const migrations = readdirSync(inRoot("migrations")).filter((name) => name.endsWith(".sql"));
  const applied = await database.query("select version from supabase_migrations.schema_migrations");
  assertEquals(applied.length, migrations.length);
  assertEquals(
    await database.query(
      `select name, decrypted_secret from vault.decrypted_secrets
       where name in ('phone_pool_functions_url', 'phone_pool_secret') order by name`,
    ),
    [
      { name: "phone_pool_functions_url", decrypted_secret: stack.info.functions_url },
      { name: "phone_pool_secret", decrypted_secret: "set-by-somebody-else" },
    ],
  );
  const told = await fetch(`${stack.info.functions_url}/told`);
  assertEquals(await told.text(), "set-by-somebody-else");
});
