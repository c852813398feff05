import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  countInFlight,
  freeNumbers,
  register,
  type Runner,
  setVault,
  sweep,
  travel,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";

interface Health extends Record<string, unknown> {
  low_water: number;
  working_low_water: number;
  arrivals_per_day: number;
  burst_factor: number | null;
  forecast_reason: string;
}

async function readHealth(db: Runner): Promise<Health> {
  const [health] = await db.query<Health>(
    `select low_water, working_low_water, arrivals_per_day::float8, burst_factor::float8,
       forecast_reason from admin_pool_health`,
  );
  assert(health);
  return health;
}

Deno.test("few registrations: 5 and 10 it is, and the view says so", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 20);
  assertEquals((await readHealth(db)).working_low_water, 5, "before the first sweep");
  for (let i = 0; i < 15; i++) await register(db, 1);
  await sweep(db);
  const health = await readHealth(db);
  assertEquals([health.low_water, health.working_low_water, health.arrivals_per_day], [5, 5, 15]);
  assert(health.forecast_reason.endsWith(": low_water is enough"), health.forecast_reason);
  assertEquals(await countInFlight(db), 0);
});

Deno.test("200 at once: the next sweep keeps more, and no more than that", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 200);
  await register(db, 200);
  assertEquals(await countInFlight(db), 10, "the trigger knows of no forecast yet");
  assertEquals((await sweep(db)).forecast_demand, 1);
  const { working_low_water: kept, burst_factor, forecast_reason } = await readHealth(db);
  assert(kept > 20 && kept < 100, `${kept}`);
  assert(burst_factor !== null && burst_factor > 10);
  assert(forecast_reason.endsWith(`: that needs ${kept}`), forecast_reason);
  await buyAllDue(db);
  const free = (await freeNumbers(db)).length;
  assert(free >= kept && free < kept + 30, `${free} free, ${kept} kept`);
  assertEquals((await sweep(db)).refill, 0, "nothing is bought twice");

  const { working_low_water: now } = await readHealth(db);
  assert(now > 10, `${now}`);
  await register(db, free - now + 1);
  assert(await countInFlight(db) > 0, "the trigger now buys by the forecast");
});

Deno.test("a day later it is forgotten", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 210);
  await register(db, 200);
  await sweep(db);
  assert((await readHealth(db)).working_low_water > 20);
  await travel(db, "24 hours");
  assertEquals((await sweep(db)).forecast_demand, 1);
  assertEquals((await readHealth(db)).working_low_water, 5);
});

Deno.test("settings.forecast off is off at once, and back with the next sweep", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 207);
  await register(db, 200);
  await db.query("update phone_pool.settings set low_water = 0");
  await sweep(db);
  await buyAllDue(db);
  const { working_low_water: kept } = await readHealth(db);
  assert(kept > 20);
  await db.query("update phone_pool.settings set forecast = false, low_water = 5");
  const off = await readHealth(db);
  assertEquals([off.working_low_water, off.forecast_reason], [5, "settings.forecast is off"]);
  await register(db, (await freeNumbers(db)).length - 5);
  assertEquals(await countInFlight(db), 0);
  await register(db);
  assertEquals(await countInFlight(db), 10);
  await sweep(db);
  assertEquals(await countInFlight(db), 10);
  await db.query("update phone_pool.settings set forecast = true");
  await sweep(db);
  assert(await countInFlight(db) > 10);
});

Deno.test("the settings are the floor", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 150, batch_size = 90");
  await addNumbers(db, 400);
  await register(db, 200);
  await sweep(db);
  assertEquals((await readHealth(db)).working_low_water, 150);
});

const CAPS = [
  { name: "max_numbers", settings: "max_numbers = 234" },
  { name: "the budget", settings: "monthly_budget_usd = 234" },
];

Deno.test("the caps bound it, and a wish raises no alert", async (t) => {
  for (const { name, settings } of CAPS) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      await setVault(db);
      await db.query(`update phone_pool.settings set ${settings}`);
      await addNumbers(db, 206);
      await register(db, 200);
      await sweep(db);
      const { working_low_water, forecast_reason } = await readHealth(db);
      assertEquals(working_low_water, 28);
      assert(forecast_reason.endsWith("max_numbers and the budget allow 28"), forecast_reason);
      assertEquals([await countInFlight(db), await buyingAlerts(db)], [22, []]);
    });
  }
});

Deno.test("organizations from before phone-pool announce no others", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 220);
  await db.query("alter table public.organizations disable trigger user");
  await db.query(
    `insert into public.organizations (name, slug, created_at)
     select 'Clinic ' || k, 'clinic-' || k, now() - interval '1 year'
     from generate_series(1, 200) k`,
  );
  await db.query("alter table public.organizations enable trigger user");
  await db.query("select * from backfill_organizations(1000)");
  assertEquals((await freeNumbers(db)).length, 20);
  await sweep(db);
  const { working_low_water, arrivals_per_day } = await readHealth(db);
  assertEquals([working_low_water, arrivals_per_day], [5, 0]);
});

Deno.test("an admin who is changing the settings holds up no sweep", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 200);
  await register(db, 200);
  const admin = await db.connect();
  await admin.query("begin; update phone_pool.settings set low_water = 6");
  await db.query("set statement_timeout = '10s'");
  assertEquals((await sweep(db)).forecast_demand, 0);
  await admin.query("commit");
  assertEquals((await sweep(db)).forecast_demand, 1);
});
