import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  openAlerts,
  phonesOf,
  planNow,
  register,
  type Runner,
  setVault,
  sweep,
  travel,
  value,
  values,
} from "../../support/pool.ts";
import { buyAllDue, claim, readPurchase, recordFailure } from "../../support/purchases.ts";

/** Twenty registered today and had a number at once: 8 wanted 415, 5 wanted 617, 3 wanted 907. */
async function createHistory(): Promise<TestDatabase> {
  const db = await createTestDatabase();
  await setVault(db);
  await travel(db, "-20 hours");
  await addNumbers(db, 9, { areaCode: "303" });
  for (const [areaCode, count] of [["415", 8], ["617", 5], ["907", 3]] as const) {
    await addNumbers(db, count, { areaCode });
    await register(db, count, { areaCode });
  }
  await register(db, 4);
  await travel(db, "0 hours");
  assertEquals((await sweep(db)).plan, 0, "five numbers are left");
  return db;
}

const onOrder = (db: Runner) =>
  values<string | null>(
    db,
    `select area_code as value from phone_pool.purchases
     where status = 'planned' and organization_id is null order by area_code nulls last`,
  );

const repeat = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

Deno.test("how many to keep", async (t) => {
  const cases = [
    { name: "three are chance", wish: 3, all: 20, keep: 0 },
    { name: "8 of 20: 6 of 15, and a deviation", wish: 8, all: 20, keep: 9 },
    { name: "all", wish: 20, all: 20, keep: 19 },
    { name: "all, and 20 are there", wish: 20, all: 20, free: 20, keep: 0 },
    { name: "too rare: no more than a week's", wish: 4, all: 4, days: 27, keep: 2 },
    { name: "a high low water mark", wish: 20, all: 20, lowWater: 90, keep: 110 },
  ];
  for (const { name, wish, all, keep, free = 0, days = 0, lowWater = 5 } of cases) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      await db.query("update phone_pool.settings set low_water = $1", [lowWater]);
      await travel(db, `-${days} days`);
      await addNumbers(db, wish, { areaCode: "415" });
      await register(db, wish, { areaCode: "415" });
      await addNumbers(db, all - wish, { areaCode: "303" });
      await register(db, all - wish);
      await travel(db, "0 days");
      await addNumbers(db, free, { areaCode: "415" });
      const bought = await value<string[]>(db, "select phone_pool.area_codes_to_buy(200)");
      assertEquals(bought, repeat(keep, "415"));
    });
  }
});

Deno.test("a batch is bought where numbers are used up first, and serves at once", async () => {
  await using db = await createHistory();
  await register(db, 1);
  await planNow(db);
  // 1/8, 1/5, 2/8, 3/8, 2/5, 4/8, 3/5, 5/8, 6/8, 4/5 of the time until all want one.
  assertEquals(await onOrder(db), [...repeat(6, "415"), ...repeat(4, "617")]);
  assertEquals(await buyAllDue(db), 10);
  const served = await register(db, 2, { areaCode: "617" });
  const phones = await phonesOf(db, served);
  assert(phones.every((phone) => phone?.startsWith("+1617")), `${phones}`);
});

Deno.test("as many as ever: a wish makes no batch larger, and the caps hold", async () => {
  await using db = await createHistory();
  await db.query("update phone_pool.settings set max_numbers = 28");
  await register(db, 1);
  await planNow(db);
  assertEquals(await onOrder(db), ["415", "415", "617"]);
});

Deno.test("off is off at once", async () => {
  await using db = await createHistory();
  await db.query("update phone_pool.settings set forecast = false");
  await register(db, 1);
  await planNow(db);
  assertEquals(await onOrder(db), repeat(10, null));
});

Deno.test("while somebody waits for any number, any number will do", async () => {
  await using db = await createHistory();
  await register(db, 6);
  await planNow(db);
  assertEquals(await onOrder(db), repeat(10, null));
});

Deno.test("sold out, refused or too dear: any number at once", async (t) => {
  for (const errorClass of ["none_in_stock", "invalid", "price", "over_budget"]) {
    await t.step(errorClass, async () => {
      await using db = await createHistory();
      await register(db, 1);
      await planNow(db);
      const [id] = await values<string>(
        db,
        "select id as value from phone_pool.purchases where area_code = '415' limit 1",
      );
      assert(id);
      assertEquals(await recordFailure(db, await claim(db, id), errorClass), "retrying");
      const { status, area_code, attempts, due_in } = await readPurchase(db, id);
      assertEquals([status, area_code, attempts], ["planned", null, 0]);
      assert(due_in <= 0, `${due_in}`);
      assertEquals(await buyingAlerts(db), []);
      const bought = await value<string[]>(db, "select phone_pool.area_codes_to_buy(10)");
      // What the budget does not allow says nothing about the area code.
      const isThere = errorClass === "over_budget";
      assertEquals(bought.includes("415"), isThere, "none there for a day");
      await travel(db, "25 hours");
      const later = await value<string[]>(db, "select phone_pool.area_codes_to_buy(10)");
      assert(later.includes("415"));
    });
  }
});

Deno.test("ordered by hand in an area code, it stays there and fails", async () => {
  await using db = await createHistory();
  await db.query("select order_phone_numbers(1, '415')");
  await planNow(db);
  const [id] = await values<string>(
    db,
    "select id as value from phone_pool.purchases where reason = 'requested'",
  );
  assert(id);
  assertEquals(await recordFailure(db, await claim(db, id), "none_in_stock"), "failed");
});

Deno.test("wishes that cannot be counted keep nothing from being bought", async () => {
  await using db = await createHistory();
  await register(db, 1);
  await db.query("alter function phone_pool.recent_arrivals rename to renamed");
  assertEquals(await planNow(db), 10);
  assertEquals(await onOrder(db), repeat(10, null));
  assert((await openAlerts(db)).includes("sweep_failing"));
});
