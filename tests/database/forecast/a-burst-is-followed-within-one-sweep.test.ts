import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  countInFlight,
  countNudges,
  freeNumbers,
  planNow,
  register,
  registerOne,
  type Runner,
  setVault,
  sweep,
  travel,
  value,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";

interface Health extends Record<string, unknown> {
  low_water: number;
  arrivals_per_day: number | null;
  forecast_reason: string;
}

async function readHealth(db: Runner): Promise<Health> {
  const [health] = await db.query<Health>(
    "select low_water, arrivals_per_day::float8, forecast_reason from admin_pool_health",
  );
  assert(health);
  return health;
}

/** A clinic registered two days ago, and `count` numbers are free. */
async function createHistory(count: number): Promise<TestDatabase> {
  const db = await createTestDatabase();
  await travel(db, "-2 days");
  await addNumbers(db, 1);
  await register(db);
  await travel(db, "0 days");
  await addNumbers(db, count);
  return db;
}

Deno.test("less than a day of history: the settings count, whatever the pace", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 205);
  await register(db, 200);
  await sweep(db);
  assertEquals(await readHealth(db), {
    low_water: 5,
    arrivals_per_day: null,
    forecast_reason: "less than a day of history: the settings count",
  });
  assertEquals(await countInFlight(db), 0);
});

Deno.test("few registrations: 5 and 10 it is, and the view says so", async () => {
  await using db = await createHistory(20);
  assertEquals((await readHealth(db)).low_water, 5, "before the first sweep");
  for (let i = 0; i < 9; i++) await register(db);
  await sweep(db);
  const health = await readHealth(db);
  assertEquals([health.low_water, health.arrivals_per_day], [5, 5]);
  assert(health.forecast_reason.endsWith(": settings.low_water is enough"), health.forecast_reason);
  assertEquals(await countInFlight(db), 0);
});

Deno.test("200 at once: the next sweep keeps more, and no more than that", async () => {
  await using db = await createHistory(200);
  await setVault(db);
  await register(db, 200);
  assertEquals(await planNow(db), 10, "nothing is forecast yet");
  assertEquals((await sweep(db)).forecast_demand, 1);
  const { low_water: kept, forecast_reason } = await readHealth(db);
  assert(kept > 20 && kept < 100, `${kept}`);
  assert(forecast_reason.endsWith(`: that needs ${kept}`), forecast_reason);
  await buyAllDue(db);
  const free = (await freeNumbers(db)).length;
  assert(free >= kept && free < kept + 40, `${free} free, ${kept} kept`);
  assertEquals((await sweep(db)).plan, 0, "nothing is bought twice");

  const { low_water: now } = await readHealth(db);
  assert(now > 10, `${now}`);
  const nudges = await countNudges(db);
  await register(db, free - now);
  assertEquals([await countNudges(db), await planNow(db)], [nudges, 0], "as many as are kept");
  await register(db);
  assertEquals(await countNudges(db), nudges + 1, "a registration sees the forecast's level");
  assert(await planNow(db) > 0);
});

Deno.test("a day later it is forgotten", async () => {
  await using db = await createHistory(210);
  await register(db, 200);
  await sweep(db);
  assert((await readHealth(db)).low_water > 20);
  await travel(db, "24 hours");
  assertEquals((await sweep(db)).forecast_demand, 1);
  assertEquals((await readHealth(db)).low_water, 5);
});

Deno.test("settings.forecast off is off at once, and back with the next sweep", async () => {
  await using db = await createHistory(260);
  await register(db, 200);
  await sweep(db);
  assert((await readHealth(db)).low_water > 20);
  await db.query("update phone_pool.settings set forecast = false");
  assertEquals((await readHealth(db)).low_water, 5);
  await register(db, (await freeNumbers(db)).length - 5);
  assertEquals(await planNow(db), 0);
  await register(db);
  assertEquals(await planNow(db), 10);
  assertEquals((await sweep(db)).plan, 0);
  assertEquals((await readHealth(db)).forecast_reason, "settings.forecast is off");
  await db.query("update phone_pool.settings set forecast = true");
  assert((await sweep(db)).plan! > 0);
});

Deno.test("the settings are the floor", async () => {
  await using db = await createHistory(400);
  await db.query("update phone_pool.settings set low_water = 150, batch_size = 90");
  await register(db, 200);
  await sweep(db);
  const { low_water, forecast_reason } = await readHealth(db);
  assertEquals(low_water, 150);
  assert(forecast_reason.endsWith(": settings.low_water is enough"), forecast_reason);
});

const CAPS = [
  { name: "max_numbers", settings: "max_numbers = 235" },
  { name: "the budget", settings: "monthly_budget_usd = 235" },
];

Deno.test("the caps bound it, and a wish raises no alert", async (t) => {
  for (const { name, settings } of CAPS) {
    await t.step(name, async () => {
      await using db = await createHistory(206);
      await setVault(db);
      await db.query(`update phone_pool.settings set ${settings}`);
      await register(db, 200);
      await sweep(db);
      const { low_water, forecast_reason } = await readHealth(db);
      assertEquals(low_water, 34);
      assert(forecast_reason.endsWith("max_numbers and the budget allow 34"), forecast_reason);
      assertEquals([await countInFlight(db), await buyingAlerts(db)], [28, []]);
      await sweep(db);
      assertEquals([await countInFlight(db), await buyingAlerts(db)], [28, []]);
    });
  }
});

Deno.test("organizations from before phone-pool announce no others", async () => {
  await using db = await createHistory(220);
  await db.query("alter table public.organizations disable trigger user");
  await db.query(
    `insert into public.organizations (name, slug, created_at)
     select 'Clinic ' || k, 'clinic-' || k, now() - interval '1 year'
     from generate_series(1, 200) k`,
  );
  await db.query("alter table public.organizations enable trigger user");
  assertEquals(await value(db, "select backfill_organizations(1000)"), 200);
  await sweep(db);
  assertEquals((await readHealth(db)).arrivals_per_day, 0.5, "while they wait");
  await planNow(db);
  assertEquals((await freeNumbers(db)).length, 20);
  await sweep(db);
  const { low_water, arrivals_per_day } = await readHealth(db);
  assertEquals([low_water, arrivals_per_day], [5, 0.5]);
});

Deno.test("an organization that came back for its own number announces none", async () => {
  await using db = await createHistory(1);
  const id = await registerOne(db);
  const before = await value(db, "select count(*)::int from phone_pool.recent_arrivals()");
  for (const status of ["canceled", "active", "canceled", "active"]) {
    await db.query("update organizations set subscription_status = $2 where id = $1", [id, status]);
  }
  assertEquals(await value(db, "select count(*)::int from phone_pool.recent_arrivals()"), before);
});

Deno.test("an admin who is changing the settings, or has the planner's row, holds up no forecast", async (t) => {
  for (const table of ["settings", "planner"]) {
    await t.step(table, async () => {
      await using db = await createHistory(200);
      await register(db, 200);
      const admin = await db.connect();
      await admin.query(`begin; update phone_pool.${table} set low_water = 6 where only_row`);
      await db.query("set statement_timeout = '10s'");
      const seen = await value(db, "select phone_pool.forecast_demand()");
      assertEquals(seen, table === "settings" ? 1 : 0);
      await admin.query("rollback");
      assertEquals(await value(db, "select phone_pool.forecast_demand()"), 1 - Number(seen));
    });
  }
});
