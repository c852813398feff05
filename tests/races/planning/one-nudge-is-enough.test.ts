import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  countInFlight,
  countNudges,
  on,
  planNow,
  register,
  registerOne,
  setVault,
  stopClock,
  travel,
  value,
  waiting,
} from "../../support/pool.ts";

Deno.test("1,000 single registrations on an exhausted budget cause 20 calls at most", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set monthly_budget_usd = 0");
  let calls = 0;
  for (let i = 0; i < 1000; i++) {
    await registerOne(db);
    // What the Edge Function does for each nudge that reaches it.
    if (await countNudges(db) > 0) {
      calls++;
      await db.query("delete from net.http_request_queue");
      assertEquals(await planNow(db), 0);
    }
  }
  assertEquals((await waiting(db)).length, 1000);
  assert(calls >= 1 && calls <= 20, `${calls} calls`);
});

Deno.test("one nudge a transaction, however long it lasts and whatever it does", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const client = await db.connect();
  await client.query("begin");
  for (let i = 0; i < 10; i++) {
    await travel(on(client), `${2 * i} seconds`);
    const id = await registerOne(on(client));
    await client.query("select order_phone_numbers(1)");
    await client.query("select request_phone_number($1)", [id]);
  }
  assertEquals(await countNudges(on(client)), 1);
  await client.query("commit");
  assertEquals(await countNudges(db), 1);
});

Deno.test("one nudge until it was acted on or a second has passed", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await stopClock(db);
  for (let i = 0; i < 5; i++) await register(db, 1);
  assertEquals(await countNudges(db), 1);
  await stopClock(db, "900 milliseconds");
  await register(db, 1);
  assertEquals(await countNudges(db), 1);
  await stopClock(db, "1100 milliseconds");
  await register(db, 1);
  assertEquals(await countNudges(db), 2, "that one may be lost");
  await planNow(db);
  await db.query("delete from phone_pool.purchases");
  await register(db, 1);
  assertEquals(await countNudges(db), 3, "the plan did not see this one");
});

Deno.test("ten seconds of quiet after a plan that found nothing to buy, and none after others", async (t) => {
  await using db = await createTestDatabase();
  const nudges = async (budget: number, then: string) => {
    await db.query("begin");
    await setVault(db);
    await stopClock(db);
    await db.query("update phone_pool.settings set monthly_budget_usd = $1", [budget]);
    await register(db, 1);
    await planNow(db);
    await db.query("commit");
    await stopClock(db, then);
    const before = await countNudges(db);
    await register(db, 1);
    const after = await countNudges(db);
    await db.query("delete from phone_pool.purchases");
    await db.query("update phone_pool.planner set quiet_until = '-infinity'");
    return after - before;
  };
  await t.step("no money", async () => assertEquals(await nudges(0, "9 seconds"), 0));
  await t.step("no money, later", async () => assertEquals(await nudges(0, "11 seconds"), 1));
  await t.step("money", async () => assertEquals(await nudges(100, "2 seconds"), 1));
});

Deno.test("a full pool is quiet and is nudged all the same when it runs low", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 6);
  assertEquals(await planNow(db), 0);
  await register(db, 1);
  assertEquals(await countNudges(db), 0);
  await register(db, 1);
  assertEquals(await countNudges(db), 1);
  assertEquals([await planNow(db), await countInFlight(db)], [10, 10]);
  assertEquals(await value(db, "select quiet_until::text from phone_pool.planner"), "-infinity");
});
