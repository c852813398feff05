import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  countInFlight,
  countNudges,
  freeNumbers,
  planNow,
  register,
  rolledBack,
  setVault,
  sweep,
} from "../../support/pool.ts";
import { buyAllDue, plan } from "../../support/purchases.ts";

interface Case {
  name: string;
  pool: number;
  onOrder?: number;
  arrive: number;
  settings?: string;
  planned: number;
}

const CASES: Case[] = [
  { name: "6 in the pool, one more: 5 are enough", pool: 6, arrive: 1, planned: 0 },
  { name: "5 in the pool, one more", pool: 5, arrive: 1, planned: 10 },
  { name: "the pool runs empty", pool: 3, arrive: 3, planned: 10 },
  { name: "20 wait", pool: 0, arrive: 20, planned: 30 },
  { name: "25 wait: 30 are just enough", pool: 0, arrive: 25, planned: 30 },
  { name: "26 wait", pool: 0, arrive: 26, planned: 40 },
  { name: "1 on order makes up for it", pool: 5, onOrder: 1, arrive: 1, planned: 0 },
  { name: "1 on order is not enough", pool: 5, onOrder: 1, arrive: 2, planned: 10 },
  { name: "10 on order, 5 wait", pool: 0, onOrder: 10, arrive: 5, planned: 0 },
  { name: "10 on order, 6 wait", pool: 0, onOrder: 10, arrive: 6, planned: 10 },
  { name: "another mark", pool: 9, arrive: 1, settings: "low_water = 9", planned: 10 },
  { name: "another batch", pool: 5, arrive: 1, settings: "batch_size = 3", planned: 3 },
  { name: "mark 0, one left", pool: 2, arrive: 1, settings: "low_water = 0", planned: 0 },
  { name: "mark 0, none left", pool: 1, arrive: 1, settings: "low_water = 0", planned: 0 },
  { name: "mark 0, one waits", pool: 0, arrive: 1, settings: "low_water = 0", planned: 10 },
];

Deno.test("what is available and on order together decides; whole batches are planned", async (t) => {
  await using db = await createTestDatabase();
  for (const { name, pool, onOrder = 0, arrive, settings, planned } of CASES) {
    await t.step(name, () =>
      rolledBack(db, async () => {
        if (settings) await db.query(`update phone_pool.settings set ${settings}`);
        await addNumbers(db, pool);
        for (let i = 0; i < onOrder; i++) await plan(db);
        await register(db, arrive);
        assertEquals([await planNow(db), await countInFlight(db) - onOrder], [planned, planned]);
        assertEquals(await planNow(db), 0, "once is enough");
      }));
  }
});

Deno.test("5 in the pool and one more: exactly 10 are bought and 14 are there", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 5);
  await register(db, 1);
  assertEquals([await countInFlight(db), await countNudges(db)], [0, 1]);
  await planNow(db);
  assertEquals([await countInFlight(db), await countNudges(db)], [10, 1]);
  await register(db, 1);
  await sweep(db);
  assertEquals(await countInFlight(db), 10, "what is on order counts");
  await register(db, 1);
  assertEquals(await buyAllDue(db), 10);
  assertEquals((await freeNumbers(db)).length, 12);
  await sweep(db);
  assertEquals(await countInFlight(db), 0);
});

Deno.test("with the nudge lost the sweep asks again, until it is bought", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 5);
  await register(db, 1);
  await db.query("delete from net.http_request_queue");
  await sweep(db);
  assertEquals([await countInFlight(db), await countNudges(db)], [10, 1]);
  await buyAllDue(db);
  assertEquals((await freeNumbers(db)).length, 14);
  await sweep(db);
  assertEquals(await countNudges(db), 1, "nothing is due, nobody is nudged");
});
