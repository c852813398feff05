import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { on, openAlerts } from "../../support/pool.ts";

const FOLD = "select phone_pool.fold_alert_events()";
const RAISE = "select phone_pool.raise_alert('pool_low', 'a test')";

/** What another session may just be doing to the same alert. */
const MEANWHILE = {
  "is raising it first": RAISE,
  "is closing it": "select phone_pool.close_alert('pool_low')",
  "is writing it down": FOLD,
  "is settling it": "select phone_pool.settle_alerts()",
};

for (const [what, statement] of Object.entries(MEANWHILE)) {
  Deno.test(`another session ${what}`, async () => {
    await using db = await createTestDatabase();
    if (statement !== RAISE) await db.query(RAISE);
    if (what.includes("settling")) {
      await db.query(FOLD);
      await db.query("update phone_pool.alerts set quiet_since = opened_at - interval '1 day'");
    }
    const other = await db.connect();
    await other.query("begin");
    await other.query(statement);
    const session = on(await db.connect());
    await session.query("set statement_timeout = '2s'");
    await session.query(RAISE);
    // Nor does the sweep that writes it down; of those there is one at a time.
    if (!statement.includes("fold")) await session.query(FOLD);
    await other.query("commit");
    assertEquals(await openAlerts(db), ["pool_low"]);
  });
}
