import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  contradictions,
  freeNumbers,
  phonesOf,
  register,
  setVault,
  sweep,
  values,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";
import { openSessions } from "../../support/sessions.ts";

Deno.test("64 connections register beyond the pool: no number twice, none idle, none lost", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const numbers = await addNumbers(db, 100);
  const sessions = await openSessions(db, 64);
  const registered = await Promise.all(sessions.map(async (session, k) => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      // Some take several at once, and some change their mind.
      await session.query("begin");
      const inserted = await register(session, 1 + (k + i) % 2);
      const keep = (k + i) % 5 !== 0;
      await session.query(keep ? "commit" : "rollback");
      if (keep) ids.push(...inserted);
    }
    return ids;
  }));
  const ids = registered.flat();
  assert(ids.length > 150, `${ids.length} organizations, more than numbers`);

  await sweep(db);
  assertEquals(await freeNumbers(db), [], "nothing is unused while somebody waits");
  const phones = (await phonesOf(db, ids)).filter((phone) => phone !== null);
  assertEquals(phones.toSorted(), numbers.toSorted());
  const queue = await waiting(db);
  assertEquals(queue.length, ids.length - 100);
  assertEquals(await contradictions(db), []);

  await sweep(db);
  await buyAllDue(db);
  assertEquals(await waiting(db), []);
  const served = await values<string>(
    db,
    "select organization_id as value from phone_pool.tenures order by id desc limit $1",
    [queue.length],
  );
  assertEquals(served.toReversed(), queue, "in the order in which they asked");
  assertEquals(await contradictions(db), []);
  assertEquals(await buyingAlerts(db), []);
});
