import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, countInFlight, register, setVault, value } from "../../support/pool.ts";
import { openSession, untilItWaits, withoutWaiting } from "../../support/sessions.ts";

for (const cap of ["max_numbers = 25", "monthly_budget_usd = 25"]) {
  Deno.test(`two orders at once share what ${cap} leaves`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    await db.query(`update phone_pool.settings set ${cap}`);
    await addNumbers(db, 10);
    const [a, b] = [await openSession(db), await openSession(db)];
    await a.query("begin");
    const order = "select order_phone_numbers(10)";
    assertEquals(await value(a, order), 10);
    const second = await untilItWaits(db, b, (session) => value(session, order));
    await a.query("commit");
    assertEquals(await second.result, 5);
    assertEquals(await countInFlight(db), 15);
  });

  Deno.test(`registrations during an order stay within ${cap}`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    await db.query(`update phone_pool.settings set ${cap}`);
    await addNumbers(db, 10);
    const [a, b] = [await openSession(db), await openSession(db)];
    await a.query("begin");
    assertEquals(await value(a, "select order_phone_numbers(12)"), 12);
    await withoutWaiting(db, b, (session) => register(session, 40));
    await a.query("commit");
    await db.query("select phone_pool.sweep()");
    assertEquals(await countInFlight(db), 15);
  });
}
