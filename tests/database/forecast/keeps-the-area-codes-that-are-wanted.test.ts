import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  phonesOf,
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
  assertEquals((await sweep(db)).refill, 0, "five numbers are left");
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
  await using db = await createTestDatabase();
  const cases = [
    { name: "three are chance", arrivals: 3, all: 20, perDay: 20, pool: 15, keep: 0 },
    { name: "four in four weeks", arrivals: 4, all: 280, perDay: 10, pool: 15, keep: 1 },
    { name: "too rare for a batch", arrivals: 4, all: 2048, perDay: 200, pool: 15, keep: 0 },
    { name: "one of ten, 1.5 expected", arrivals: 30, all: 300, perDay: 10, pool: 15, keep: 4 },
    { name: "a week is enough", arrivals: 14, all: 14, perDay: 0.5, pool: 15, keep: 4 },
    {
      name: "all, with a high low water",
      arrivals: 2048,
      all: 2048,
      perDay: 2000,
      pool: 200,
      keep: 224,
    },
  ];
  for (const { name, arrivals, all, perDay, pool, keep } of cases) {
    await t.step(name, async () => {
      const level = await value<number>(db, "select phone_pool.area_code_level($1, $2, $3, $4)", [
        arrivals,
        all,
        perDay,
        pool,
      ]);
      assertEquals(level, keep);
    });
  }
});

Deno.test("a batch is bought where numbers are used up first, and serves at once", async () => {
  await using db = await createHistory();
  const [wanted] = await db.query(
    `select area_code, arrivals_per_day::float8, immediate_share::float8, keep, available::int,
       on_order::int, days_of_cover::float8 from admin_area_code_demand order by area_code`,
  );
  assertEquals(wanted, {
    area_code: "415",
    arrivals_per_day: 8,
    immediate_share: 1,
    keep: 10,
    available: 0,
    on_order: 0,
    days_of_cover: 0,
  });
  await register(db, 1);
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
  assertEquals(await onOrder(db), ["415", "415", "617"]);
});

Deno.test("off is off at once, and shows nothing after the next sweep", async () => {
  await using db = await createHistory();
  await db.query("update phone_pool.settings set forecast = false");
  await register(db, 1);
  assertEquals(await onOrder(db), repeat(10, null));
  assertEquals((await sweep(db)).forecast_area_codes, 3);
  assertEquals(await value(db, "select count(*)::int from admin_area_code_demand"), 0);
});

Deno.test("while somebody waits for any number, any number will do", async () => {
  await using db = await createHistory();
  await register(db, 6);
  assertEquals(await onOrder(db), repeat(10, null));
});

Deno.test("sold out, refused or too dear: any number at once", async (t) => {
  for (const errorClass of ["none_in_stock", "invalid", "over_budget"]) {
    await t.step(errorClass, async () => {
      await using db = await createHistory();
      await register(db, 1);
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
  const [id] = await values<string>(
    db,
    "select id as value from phone_pool.purchases where reason = 'requested'",
  );
  assert(id);
  assertEquals(await recordFailure(db, await claim(db, id), "none_in_stock"), "failed");
});

Deno.test("a failed step of area codes leaves the forecast and the refill alone", async () => {
  await using db = await createHistory();
  await db.query("alter function phone_pool.area_code_level rename to renamed");
  const done = await sweep(db);
  assertEquals([done.forecast_area_codes, done.forecast_demand], [null, 0]);
});
