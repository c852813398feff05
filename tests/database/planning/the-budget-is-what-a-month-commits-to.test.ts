import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import {
  addNumbers,
  buyingAlerts,
  countInFlight,
  openAlerts,
  register,
  setClock,
  setVault,
  sweep,
  value,
  values,
} from "../../support/pool.ts";
import {
  buyAllDue,
  choose,
  claim,
  plan,
  recordOrdered,
  recordOwned,
} from "../../support/purchases.ts";

const committed = (db: TestDatabase) =>
  value<number>(
    db,
    "select committed_usd::float8 from phone_pool.spending(phone_pool.clock())",
  );

const rented = (db: TestDatabase) =>
  value<number>(db, "select numbers::int from phone_pool.spending(phone_pool.clock())");

/** Every free number is given back, and Telnyx has deleted it. */
async function giveBackAll(db: TestDatabase): Promise<void> {
  await db.query(
    `select retire_phone_number(n.phone_number, 'a test') from public.phone_numbers n
     where n.status = 'available'`,
  );
  await db.query(
    `select phone_pool_worker.record_number_gone(r.phone_number_id, r.claim_token)
     from phone_pool_worker.claim_number_releases(50) r`,
  );
  assertEquals(
    await values(
      db,
      "select phone_number_id as value from phone_pool.carrier_releases where gone_at is null",
    ),
    [],
  );
}

/** One number bought at this price. */
async function buyAt(db: TestDatabase, monthly: number, once: number | null): Promise<void> {
  const claimed = await claim(db, await plan(db));
  const number = `+1646557${String(await rented(db)).padStart(4, "0")}`;
  assert(
    await value(db, "select phone_pool_worker.choose_purchase_number($1, $2, $3, $4, $5)", [
      claimed.id,
      claimed.token,
      number,
      monthly,
      once,
    ]),
  );
  await recordOrdered(db, claimed);
  await recordOwned(db, claimed);
}

Deno.test("what counts, from the first of the month to the last, UTC", async () => {
  await using db = await createTestDatabase();
  await setClock(db, "2030-01-31T23:50:00Z");
  assertEquals(await committed(db), 0);
  await buyAt(db, 1.5, 2);
  await buyAt(db, 1, null);
  assertEquals(await committed(db), 4.5, "rent, and what was paid once");
  await db.query("select order_phone_numbers(7)");
  assertEquals(await committed(db), 4.5, "asking costs nothing");
  const id = await plan(db);
  assertEquals(await committed(db), 5.5, "a plan reserves the expected price");
  const claimed = await claim(db, id);
  await choose(db, claimed, "+16465580001");
  assertEquals(await committed(db), 5.6, "the price, once it is known");
  assertEquals(await rented(db), 3);
  await giveBackAll(db);
  assertEquals([await committed(db), await rented(db)], [5.6, 1], "given back, and paid for");

  await setClock(db, "2030-02-01T00:00:00Z");
  assertEquals([await committed(db), await rented(db)], [1.1, 1], "another month");
  await recordOrdered(db, await claim(db, id));
  await recordOwned(db, await claim(db, id));
  assertEquals(await committed(db), 1.1);
});

Deno.test("an organization that left is paid for until the number is gone", async () => {
  await using db = await createTestDatabase();
  await setClock(db, "2030-03-10T00:00:00Z");
  await addNumbers(db, 3);
  await register(db, 2);
  await db.query("delete from public.organizations");
  assertEquals([await committed(db), await rented(db)], [3, 3]);
});

Deno.test("buying and giving back again and again ends with the budget, and it is said", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await setClock(db, "2030-05-10T00:00:00Z");
  await db.query(
    `update phone_pool.settings
     set monthly_budget_usd = 50, low_water = 10, number_monthly_cost_usd = 1.10`,
  );
  let bought = 0;
  for (let round = 0; round < 12; round++) {
    await sweep(db);
    bought += await buyAllDue(db);
    await giveBackAll(db);
  }
  assertEquals([bought, await committed(db)], [45, 49.5]);
  const alerts = await openAlerts(db);
  assertEquals([alerts.includes("budget_reached"), alerts.includes("budget_near")], [true, true]);

  await setClock(db, "2030-06-01T00:00:01Z");
  await sweep(db);
  assertEquals(await countInFlight(db), 10, "a new month");
  await sweep(db);
  assertEquals(await buyingAlerts(db), []);
});

Deno.test("budget_near from the share on that the settings name", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set monthly_budget_usd = 10, low_water = 0");
  await addNumbers(db, 8);
  await sweep(db);
  assertEquals((await openAlerts(db)).includes("budget_near"), false);
  await addNumbers(db, 1, { areaCode: "646" });
  await sweep(db);
  assertEquals((await openAlerts(db)).includes("budget_near"), true);
});

const PRICES: [what: string, settings: string, monthly: number | null, once: number, is: string][] =
  [
    ["as expected", "", 1, 0, "ok"],
    ["twice as much", "", 2, 0, "ok"],
    ["a cent more", "", 2.01, 0, "PP022"],
    ["sixty dollars", "", 60, 0, "PP022"],
    ["two hundred", "", 200, 1, "PP022"],
    ["no price", "", null, 0, "PP022"],
    ["no price, where any price will do", "number_monthly_max_usd = null", null, 0, "ok"],
    ["dear, where any price will do", "number_monthly_max_usd = null", 60, 0, "ok"],
    ["any price, but the budget", "number_monthly_max_usd = null", 499.01, 1, "PP021"],
    ["dear once", "", 1, 5.01, "PP022"],
    ["more allowed", "number_monthly_max_usd = 80", 60, 0, "ok"],
    ["more allowed than the budget", "number_monthly_max_usd = 900", 501, 0, "PP021"],
    ["less allowed", "number_monthly_max_usd = 0.5", 1, 0, "PP022"],
  ];

Deno.test("what a number may cost", async (t) => {
  for (const [what, settings, monthly, once, expected] of PRICES) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      if (settings) await db.query(`update phone_pool.settings set ${settings}`);
      const { id, token } = await claim(db, await plan(db));
      const chosen = db.query(
        "select phone_pool_worker.choose_purchase_number($1, $2, '+16465550100', $3, $4)",
        [
          id,
          token,
          monthly,
          once,
        ],
      );
      assertEquals(await outcomeOf(chosen), expected);
      assertEquals(
        await value(db, "select status from phone_pool.purchases where id = $1", [id]),
        expected === "ok" ? "ordering" : "planned",
      );
    });
  }
});

Deno.test("at any price, and still within the budget: the third of 60 dollars is not bought", async () => {
  await using db = await createTestDatabase();
  await db.query(
    "update phone_pool.settings set number_monthly_max_usd = null, monthly_budget_usd = 150",
  );
  await buyAt(db, 60, null);
  await buyAt(db, 60, null);
  const { id, token } = await claim(db, await plan(db));
  const third = db.query(
    "select phone_pool_worker.choose_purchase_number($1, $2, '+16465550100', 60, 0)",
    [
      id,
      token,
    ],
  );
  assertEquals(await outcomeOf(third), "PP021");
});
