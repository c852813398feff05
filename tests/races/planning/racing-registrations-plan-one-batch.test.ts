import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  countInFlight,
  countNudges,
  freeNumbers,
  register,
  setVault,
  sweep,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";
import { openSessions, withoutWaiting } from "../../support/sessions.ts";

// The 16th leaves 4 of 20: it has to see what the 15 before it are taking, and those after it that
// somebody is planning already.
for (const count of [16, 19]) {
  Deno.test(`${count} registrations open at a time, a pool of 20: exactly 10 are planned`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    await addNumbers(db, 20);
    const sessions = await openSessions(db, count);
    for (const session of sessions) {
      await session.query("begin");
      await withoutWaiting(db, session, (s) => register(s, 1));
    }
    await Promise.all(sessions.map((session) => session.query("commit")));
    assertEquals([await countInFlight(db), await countNudges(db)], [10, 1]);
    await sweep(db);
    assertEquals(await countInFlight(db), 10);
    await buyAllDue(db);
    assertEquals((await freeNumbers(db)).length, 30 - count);
  });
}

Deno.test("the one that planned rolls back: the sweep plans instead", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 6);
  const [planner, other] = await openSessions(db, 2);
  if (!planner || !other) throw new Error("two sessions");
  await planner.query("begin");
  await register(planner, 3);
  await withoutWaiting(db, other, (session) => register(session, 3));
  await planner.query("rollback");
  assertEquals([await countInFlight(db), await countNudges(db)], [0, 0]);
  await sweep(db);
  assertEquals([await countInFlight(db), await countNudges(db)], [10, 1]);
});

Deno.test("numbers whose takers rolled back are free again: nothing is planned for them", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 6);
  const [a] = await openSessions(db, 1);
  await a?.query("begin");
  if (a) await register(a, 2);
  await a?.query("rollback");
  await register(db, 1);
  assertEquals(await countInFlight(db), 0);
});
