import { assertEquals } from "../support/assert.ts";
import { createTestDatabase } from "../support/database.ts";
import { withClient } from "../../supabase/local/postgres/connect.ts";
import { inspectServer } from "./named-server.ts";

const REPORT = [
  "safeupdate: absent: an update without where is refused by the parser's stand-in alone",
  "supautils: absent: postgres creates the extensions that are trusted",
  "pg_net: our stand-in",
  "pg_cron: our stand-in",
  "supabase_vault: our stand-in",
];

Deno.test({
  name: "a named server is looked at first: what is real there, and whether it is in use",
  // The embedded one has neither library.
  ignore: Deno.env.has("PHONE_POOL_TEST_VERSIONS"),
  fn: async (t) => {
    await using database = await createTestDatabase({ bare: true });
    const admin = await database.connect("supabase_admin");
    await t.step("what is absent is said, not passed over", async () => {
      const found = await inspectServer(database.superuserUrl);
      assertEquals(found, {
        report: REPORT,
        refusal: undefined,
        libraries: [],
      });
    });
    await t.step("one with a schema phone_pool is refused, whatever the database", async () => {
      const inUse = `in_use_${crypto.randomUUID().slice(0, 8)}`;
      await admin.query(`create database ${inUse}`);
      const there = new URL(database.superuserUrl);
      there.pathname = `/${inUse}`;
      try {
        await withClient(there.href, (client) => client.query("create schema phone_pool"));
        const { refusal } = await inspectServer(database.superuserUrl);
        assertEquals(
          refusal,
          `Schema phone_pool exists in ${inUse}: the tests need a server of their own`,
        );
      } finally {
        await admin.query(`drop database ${inUse} with (force)`);
      }
    });
  },
});
