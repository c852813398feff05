import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { failureOf } from "../../support/failure.ts";
import {
  addNumbers,
  buyingAlerts,
  countNudges,
  planNow,
  type Runner,
  setVault,
  stopClock,
  value,
  values,
} from "../../support/pool.ts";

const AREA_CODE = "p_area_code is an area code of the United States, three digits such as 415";

/** How many purchases there are of each kind. */
const purchases = (db: Runner) =>
  values<string>(
    db,
    `select format('%s %s %s in %s, %s dollars, for %s', count(*), status, reason,
       coalesce(area_code, 'any'), monthly_cost::float8, coalesce(organization_id::text, 'the pool'))
       as value
     from phone_pool.purchases group by status, reason, area_code, monthly_cost, organization_id
     order by 1`,
  );

Deno.test("what is asked for is told at once and planned by the planner, with one nudge", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await stopClock(db);
  await addNumbers(db, 6);
  assertEquals(await value(db, "select order_phone_numbers(40)"), 40);
  assertEquals(
    await value(db, "select order_phone_numbers(p_quantity => 2, p_area_code => '415')"),
    2,
  );
  assertEquals(await countNudges(db), 1);
  assertEquals(await purchases(db), [
    "2 asked requested in 415, 1 dollars, for the pool",
    "40 asked requested in any, 1 dollars, for the pool",
  ]);
  assertEquals(
    await values(db, "select id as value from phone_pool_worker.claim_purchases(50)"),
    [],
  );
  assertEquals(await planNow(db), 42);
  assertEquals(await purchases(db), [
    "2 planned requested in 415, 1 dollars, for the pool",
    "40 planned requested in any, 1 dollars, for the pool",
  ]);
});

Deno.test("no room: cancelled, with the reason and an alert", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set max_numbers = 0, low_water = 0");
  assertEquals(await value(db, "select order_phone_numbers(40)"), 40);
  assertEquals(await planNow(db), 0);
  assertEquals(await purchases(db), ["40 cancelled requested in any, 1 dollars, for the pool"]);
  assertEquals(
    await values(db, "select distinct last_error as value from phone_pool.purchases"),
    ["settings.max_numbers or monthly_budget_usd does not allow it"],
  );
  assertEquals(await buyingAlerts(db), ["max_numbers_reached"]);
});

Deno.test("rolled back, nothing was asked for", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 6);
  await db.query("begin");
  await db.query("select order_phone_numbers(40)");
  await db.query("rollback");
  assertEquals([await planNow(db), await countNudges(db)], [0, 0]);
});

Deno.test("a quantity of 1 to 1000 and an area code of three digits are asked for", async (t) => {
  await using db = await createTestDatabase();
  const cases: [number | null, string | null, detail: string][] = [
    [0, null, "p_quantity is 1 to 1000"],
    [-1, null, "p_quantity is 1 to 1000"],
    [1001, null, "p_quantity is 1 to 1000"],
    [null, null, "p_quantity is 1 to 1000"],
    [1, "41", AREA_CODE],
    [1, "", AREA_CODE],
    [1, "015", AREA_CODE],
    ...["911", "800", "555", "416", "900", "370"].map((code): typeof cases[number] => [
      1,
      code,
      AREA_CODE,
    ]),
  ];
  for (const [quantity, areaCode, expected] of cases) {
    await t.step(`${quantity}, ${JSON.stringify(areaCode)}`, async () => {
      const { code, detail, hint } = await failureOf(
        db.query("select order_phone_numbers($1, $2)", [quantity, areaCode]),
      );
      assertEquals([code, detail, hint], ["PP005", expected, "See the detail for the field."]);
    });
  }
});
