import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import {
  addNumbers,
  countInFlight,
  planNow,
  register,
  type Runner,
  setVault,
  value,
} from "../../support/pool.ts";
import { openSession, untilItWaits, withoutWaiting } from "../../support/sessions.ts";

const order = (db: Runner, count: number) => value(db, "select order_phone_numbers($1)", [count]);

for (const cap of ["max_numbers = 25", "monthly_budget_usd = 25"]) {
  Deno.test(`two planners at once share what ${cap} leaves`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    await db.query(`update phone_pool.settings set ${cap}`);
    await addNumbers(db, 10);
    const [a, b] = [await openSession(db), await openSession(db)];
    await order(db, 10);
    await a.query("begin");
    assertEquals(await planNow(a), 10);
    await order(db, 10);
    const second = await untilItWaits(db, b, planNow);
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
    assertEquals(await order(a, 12), 12);
    await withoutWaiting(db, b, (session) => register(session, 40));
    assertEquals(await withoutWaiting(db, b, planNow), 15);
    await a.query("commit");
    await planNow(db);
    await db.query("select phone_pool.sweep()");
    assertEquals(await countInFlight(db), 15);
  });
}

for (const level of ["repeatable read", "serializable"]) {
  // It cannot see what the first has planned: it has to fail, and be tried again.
  Deno.test(`${level}: the second of two planners plans nothing twice`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    await addNumbers(db, 2);
    const [a, b] = [await openSession(db), await openSession(db)];
    for (const session of [a, b]) {
      await session.query(`begin isolation level ${level}`);
      await session.query("select count(*) from phone_pool.purchases");
    }
    assertEquals(await planNow(a), 10);
    const second = await untilItWaits(db, b, (session) => outcomeOf(planNow(session)));
    await a.query("commit");
    assertEquals(await second.result, "40001");
    await b.query("rollback");
    await b.query(`begin isolation level ${level}`);
    assertEquals(await planNow(b), 0);
    await b.query("commit");
    assertEquals(await countInFlight(db), 10);
  });
}
