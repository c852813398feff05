import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  countInFlight,
  countNudges,
  freeNumbers,
  planNow,
  register,
  setVault,
  stopClock,
  sweep,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";
import { openSession, openSessions, withoutWaiting } from "../../support/sessions.ts";

// The 16th leaves 4 of 20: the planner has to see what those before it are taking.
for (const count of [16, 19]) {
  Deno.test(`${count} registrations open at a time, a pool of 20: exactly 10 are planned`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    await stopClock(db);
    await addNumbers(db, 20);
    const sessions = await openSessions(db, count);
    for (const session of sessions) {
      await session.query("begin");
      await withoutWaiting(db, session, (s) => register(s, 1));
    }
    const planner = await openSession(db);
    assertEquals(await withoutWaiting(db, planner, planNow), 10, "while they are open");
    await Promise.all(sessions.map((session) => session.query("commit")));
    assertEquals([await planNow(db), await countInFlight(db), await countNudges(db)], [0, 10, 1]);
    await sweep(db);
    assertEquals(await countInFlight(db), 10);
    await buyAllDue(db);
    assertEquals((await freeNumbers(db)).length, 30 - count);
  });
}

Deno.test("the one that nudged rolls back: the sweep plans", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await stopClock(db);
  await addNumbers(db, 6);
  const [first, other] = [await openSession(db), await openSession(db)];
  await first.query("begin");
  await register(first, 3);
  await withoutWaiting(db, other, (session) => register(session, 3));
  await first.query("rollback");
  assertEquals([await countInFlight(db), await countNudges(db)], [0, 0]);
  await sweep(db);
  assertEquals([await countInFlight(db), await countNudges(db)], [10, 1]);
});

Deno.test("numbers whose takers rolled back are free again: nothing is planned for them", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 6);
  const a = await openSession(db);
  await a.query("begin");
  await register(a, 2);
  await a.query("rollback");
  await register(db, 1);
  assertEquals(await planNow(db), 0);
});
