import { fill } from "../../admin/support/volume.ts";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";

Deno.test("looking after 500 organizations reads no table of numbers or tenures through", async () => {
  await using db = await createTestDatabase();
  const admin = await db.connect("supabase_admin");
  await fill(admin, { organizations: 2000, calls: 0 });
  await admin.query("begin");
  await admin.query("select phone_pool.look_after_organizations()");
  const { rows } = await admin.query(
    `select relname, seq_tup_read::int as read from pg_stat_xact_user_tables
     where relname in ('organizations', 'phone_numbers', 'tenures') and seq_tup_read > 0`,
  );
  assertEquals(rows, []);
});
