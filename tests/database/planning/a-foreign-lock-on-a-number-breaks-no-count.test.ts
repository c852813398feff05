import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { value } from "../../support/pool.ts";

// A row that two transactions share a lock on (a foreign key of the application's to it, say) has a
// multixact id in its xmax, which may be ahead of all transaction ids.
Deno.test("whatever is in xmax, it is the id of no open transaction and no error", async (t) => {
  await using db = await createTestDatabase();
  for (const xmax of ["0", "3", "100000000", "2500000000", "4294967295"]) {
    await t.step(xmax, async () => {
      const inProgress = "select phone_pool.is_in_progress($1::text::xid)";
      assertEquals(await value(db, inProgress, [xmax]), false);
    });
  }
});

Deno.test("the own transaction is open", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await value(db, "select phone_pool.is_in_progress(pg_current_xact_id()::xid)"),
    true,
  );
});
