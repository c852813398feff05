import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, phonesOf, planNow, register, sweep, waiting } from "../../support/pool.ts";
import { openSession, withoutWaiting } from "../../support/sessions.ts";

Deno.test("the last number, taken and given back, goes to who came in between", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 1);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await register(a, 1);
  const between = await withoutWaiting(db, b, (session) => register(session, 2));
  assertEquals(await waiting(db), between);
  await a.query("rollback");
  await sweep(db);
  assertEquals(await phonesOf(db, between), [numbers[0] ?? null, null]);
});

Deno.test("the planner that the next registration nudges finds it, for who waits first", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 2);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await register(a, 2);
  const first = await withoutWaiting(db, b, (session) => register(session, 1));
  await a.query("rollback");
  const next = await register(b, 2);
  assertEquals(await phonesOf(db, [...first, ...next]), [null, null, null]);
  await planNow(db);
  assertEquals(await phonesOf(db, [...first, ...next]), [...numbers, null]);
});
