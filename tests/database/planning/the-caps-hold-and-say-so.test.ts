import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  countInFlight,
  planNow,
  register,
  rolledBack,
  type Runner,
  setVault,
  sweep,
  value,
} from "../../support/pool.ts";
import { plan } from "../../support/purchases.ts";

interface Case {
  name: string;
  settings: string;
  pool: number;
  onOrder: number;
  want: number;
  planned: number;
  alerts: string[];
}

const NUMBERS = "max_numbers_reached";
const BUDGET = "budget_reached";

// Every number and every purchase costs 1 dollar.
const CASES: Case[] = [
  {
    name: "room for all",
    settings: "max_numbers = 50",
    pool: 20,
    onOrder: 5,
    want: 25,
    planned: 25,
    alerts: [],
  },
  {
    name: "one too many",
    settings: "max_numbers = 50",
    pool: 20,
    onOrder: 5,
    want: 26,
    planned: 25,
    alerts: [NUMBERS],
  },
  {
    name: "full",
    settings: "max_numbers = 25",
    pool: 20,
    onOrder: 5,
    want: 1,
    planned: 0,
    alerts: [NUMBERS],
  },
  {
    name: "beyond",
    settings: "max_numbers = 3",
    pool: 20,
    onOrder: 5,
    want: 1,
    planned: 0,
    alerts: [NUMBERS],
  },
  {
    name: "none at all",
    settings: "max_numbers = 0",
    pool: 0,
    onOrder: 0,
    want: 1,
    planned: 0,
    alerts: [NUMBERS],
  },
  {
    name: "money for all",
    settings: "monthly_budget_usd = 50",
    pool: 20,
    onOrder: 5,
    want: 25,
    planned: 25,
    alerts: [],
  },
  {
    name: "money for some",
    settings: "monthly_budget_usd = 50",
    pool: 20,
    onOrder: 5,
    want: 26,
    planned: 25,
    alerts: [BUDGET],
  },
  {
    name: "a cent short",
    settings: "monthly_budget_usd = 49.99",
    pool: 20,
    onOrder: 5,
    want: 25,
    planned: 24,
    alerts: [BUDGET],
  },
  {
    name: "dearer numbers",
    settings: "monthly_budget_usd = 50, number_monthly_cost_usd = 10",
    pool: 20,
    onOrder: 5,
    want: 5,
    planned: 2,
    alerts: [BUDGET],
  },
  {
    name: "free numbers",
    settings: "monthly_budget_usd = 50, number_monthly_cost_usd = 0",
    pool: 20,
    onOrder: 5,
    want: 90,
    planned: 90,
    alerts: [],
  },
  {
    name: "both",
    settings: "max_numbers = 30, monthly_budget_usd = 28",
    pool: 20,
    onOrder: 5,
    want: 10,
    planned: 3,
    alerts: [BUDGET, NUMBERS],
  },
];

/** What was asked for and is not to be had, with the reason written down. */
const cancelled = (db: Runner) =>
  value<number>(
    db,
    `select count(*)::int from phone_pool.purchases
     where status = 'cancelled' and last_error_class = 'over_budget' and ended_at is not null`,
  );

Deno.test("numbers owned and on order stay within max_numbers and the budget", async (t) => {
  await using db = await createTestDatabase();
  for (const { name, settings, pool, onOrder, want, planned, alerts } of CASES) {
    await t.step(name, () =>
      rolledBack(db, async () => {
        await setVault(db);
        await db.query(`update phone_pool.settings set ${settings}`);
        await addNumbers(db, pool);
        for (let i = 0; i < onOrder; i++) await plan(db);
        assertEquals(await value(db, "select order_phone_numbers($1)", [want]), want);
        assertEquals(await planNow(db), planned);
        assertEquals(await countInFlight(db), onOrder + planned);
        assertEquals(await cancelled(db), want - planned);
        assertEquals(await buyingAlerts(db), alerts);
      }));
  }
});

Deno.test("a number in quarantine is owned and counts", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set max_numbers = 10");
  await addNumbers(db, 10);
  const [id] = await register(db, 1);
  await db.query("select unassign_phone_number($1, 'a test')", [id]);
  await db.query("select order_phone_numbers(3)");
  assertEquals([await planNow(db), await countInFlight(db), await cancelled(db)], [0, 0, 3]);
});

Deno.test("a refill is cut to the room there is, and the alert closes when there is room", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set max_numbers = 8");
  await addNumbers(db, 5);
  await register(db, 1);
  await planNow(db);
  assertEquals(await countInFlight(db), 3);
  assertEquals(await buyingAlerts(db), [NUMBERS]);
  await register(db, 5);
  await planNow(db);
  assertEquals([await countInFlight(db), await buyingAlerts(db)], [3, [NUMBERS]]);
  await db.query("update phone_pool.settings set max_numbers = 100");
  await sweep(db);
  assertEquals([await countInFlight(db), await buyingAlerts(db)], [13, []]);
  assertEquals(
    await value(db, "select count(*)::int from phone_pool.alerts where kind = $1", [NUMBERS]),
    1,
  );
});
