import { readFile } from "node:fs/promises";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { value } from "../../support/pool.ts";

const SEED = 0.42;
/** Three years; ten once a week: TIME_TRAVEL_DAYS=3652. */
const DAYS = Number(Deno.env.get("TIME_TRAVEL_DAYS") ?? 1096);
const CLINICS = 500;
// Of simulated days: a call of its own, below any statement timeout.
const MONTH = 30;

interface Story {
  counts: Record<string, number>;
  digest: string;
}

async function createWorld(db: TestDatabase): Promise<void> {
  for (const file of ["world.sql", "carrier.sql", "checks.sql", "run.sql"]) {
    await db.query(await readFile(new URL(file, import.meta.url), "utf8"));
  }
  await db.query("insert into sim.clinics (slot) select generate_series(0, $1::int - 1)", [
    CLINICS,
  ]);
  await db.query(
    "update phone_pool.settings set max_numbers = 800, monthly_budget_usd = 800, low_water = 5",
  );
}

/** Any check that finds a contradiction fails the call, and the test, with what it found. */
async function live(): Promise<Story> {
  await using db = await createTestDatabase();
  await createWorld(db);
  await db.query("set synchronous_commit = off");
  await db.query("set client_min_messages = error");
  for (let day = 0; day < DAYS; day += MONTH) {
    const seed = SEED + day / 10_000;
    // A session keeps the plans that it made while the tables were empty.
    if (day % (12 * MONTH) === 2 * MONTH) {
      await db.query(
        "analyze public.phone_numbers, public.organizations, phone_pool.tenures, phone_pool.callees",
      );
    }
    await db.query(`call sim.run(${seed % 1}, ${day}, ${Math.min(MONTH, DAYS - day)}, ${CLINICS})`);
  }
  const counts = await value<Record<string, number>>(
    db,
    `select jsonb_object_agg(c.name, c.n) from (
       select name, n from sim.counts
       union all select 'tenures', count(*) from phone_pool.tenures
       union all select 'numbers ever owned', count(*) from public.phone_numbers
       union all select 'numbers retired', count(*) from public.phone_numbers where retired_at is not null
       union all select 'numbers owned at the end', sum(numbers)::bigint from phone_pool.rent_changes
       union all select 'clinics waiting at the end', count(*) from phone_pool.number_requests
     ) c`,
  );
  return { counts, digest: await value<string>(db, "select sim.story()") };
}

Deno.test("years of 500 clinics contradict nothing, twice the same", async () => {
  const [first, second] = await Promise.all([live(), live()]);
  console.log(`${DAYS} days, seed ${SEED}:`, first.counts);
  assertEquals(second, first);
  // The run is worth its time only if all of this has happened.
  const happened = [
    "returned to its own",
    "returned too late",
    "numbers reused by another clinic",
    "shared patients avoided",
    "inbound calls retired",
    "numbers given back",
    "releasers died after the delete",
    "buyers died after the order",
  ];
  for (const name of happened) assert((first.counts[name] ?? 0) > 0, `never: ${name}`);
});
