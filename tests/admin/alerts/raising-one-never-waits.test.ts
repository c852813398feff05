import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { on, value } from "../../support/pool.ts";

const RAISE = "select phone_pool.raise_alert('pool_low', 'a test')";

/** What another session may just be doing to the same alert. */
const MEANWHILE = {
  "is raising it first": RAISE,
  "is closing it": "select phone_pool.close_alert('pool_low')",
  "is settling it": "select phone_pool.settle_alerts()",
};

for (const [what, statement] of Object.entries(MEANWHILE)) {
  Deno.test(`another session ${what}`, async () => {
    await using db = await createTestDatabase();
    if (statement !== RAISE) await db.query(RAISE);
    if (what.includes("settling")) {
      await db.query("update phone_pool.alerts set quiet_since = opened_at - interval '1 day'");
    }
    const other = await db.connect();
    await other.query("begin");
    await other.query(statement);
    const session = on(await db.connect());
    await session.query("set statement_timeout = '2s'");
    await session.query(RAISE);
    await other.query("commit");
    assertEquals(await value(db, "select count(*)::int from phone_pool.alerts"), 1);
  });
}
