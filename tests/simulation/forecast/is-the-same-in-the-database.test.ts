import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { on, rolledBack, type Runner, value, values } from "../../support/pool.ts";
import { createRandom, type Random } from "../../support/random.ts";
import { withoutTriggers } from "../../support/raw-rows.ts";
import { areaCodesToBuy, type Arrivals, forecastLevels, leadTime } from "../forecast.ts";

const DAY = 86_400;
const SETTINGS = { lowWater: 5, batchSize: 10 };
const AREA_CODES = ["212", "303", "415", "617", "907"];

/** Time stands still, so that both count the same; the caps are out of reach. */
async function createDatabase() {
  const db = await createTestDatabase();
  await db.query(`create or replace function phone_pool.clock() returns timestamptz
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$ begin return '2026-11-21 12:00:00+00'; end $$`);
  await db.query(
    "update phone_pool.settings set max_numbers = 100000, monthly_budget_usd = 100000",
  );
  return { db, session: on(await db.connect("supabase_admin")), [Symbol.asyncDispose]: db.drop };
}

/** An organization each, with a tenure, or a place in the queue for the latest; seconds ago. */
async function write(admin: Runner, { times, wishes }: Arrivals, waiting: number): Promise<void> {
  const from = times.length - waiting;
  await withoutTriggers(admin, async () => {
    await admin.query(
      `insert into public.organizations (id, name, slug, settings, created_at)
       select md5(a.place::text)::uuid, 'Clinic', a.place::text,
         case when a.wish is not null then jsonb_build_object('area_code', a.wish) end,
         phone_pool.clock()
       from unnest($1::text[]) with ordinality a (wish, place)`,
      [wishes],
    );
    await admin.query(
      `insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
       select gen_random_uuid(), md5(a.place::text)::uuid, t.at, tstzrange(t.at, null)
       from unnest($1::float8[]) with ordinality a (seconds, place),
         lateral (select phone_pool.clock() + a.seconds * interval '1 second' as at) t`,
      [times.slice(0, from)],
    );
    // As if their writing had failed: they are no reason to buy anywhere.
    await admin.query(
      `insert into phone_pool.number_requests
         (organization_id, requested_at, failures, not_before)
       select md5((a.place + $2)::text)::uuid, t.at, 1, t.at
       from unnest($1::float8[]) with ordinality a (seconds, place),
         lateral (select phone_pool.clock() + a.seconds * interval '1 second' as at) t`,
      [times.slice(from), from],
    );
  });
}

/** `count` arrivals within so many seconds before 0, in order. */
function randomArrivals(random: Random, count: number, over: number): Arrivals {
  const times = Array.from({ length: count }, () => -random.integer(over * 10) / 10)
    .sort((a, b) => a - b);
  const wishes = times.map(() => random.chance(0.6) ? random.pick(AREA_CODES) : null);
  return { times, wishes };
}

const CASES: [name: string, count: number, over: number, waiting: number][] = [
  ["nobody yet", 0, 1, 0],
  ["seven today", 7, DAY / 2, 1],
  ["a young pool", 50, 3 * DAY, 0],
  ["a day with a burst", 400, 1.5 * DAY, 30],
  ["an hour's import", 300, 3600, 0],
  ["two months, some wait", 700, 60 * DAY, 20],
  ["more than are looked at", 3000, 5 * DAY, 100],
];

Deno.test("low water, batch and pace are the same out of the same history", async (t) => {
  const random = createRandom(8);
  await using database = await createDatabase();
  const { session } = database;
  const seen = new Set<number>();
  for (const [name, count, over, waiting] of CASES) {
    for (const burst of [0, 20, 90, 600]) {
      await t.step(
        `${name}, and ${burst} within the last 10 minutes`,
        () =>
          rolledBack(session, async () => {
            const old = randomArrivals(random, count, over);
            const late = randomArrivals(random, burst, 600);
            const times = [...old.times, ...late.times].sort((a, b) => a - b);
            await write(session, { times, wishes: times.map(() => null) }, waiting);
            await session.query("select phone_pool.forecast_demand()");
            const [row] = await session.query(
              `select l.low_water, l.batch_size, p.arrivals_per_day::float8
             from phone_pool.levels() l, phone_pool.planner p`,
            );
            const levels = forecastLevels(times, 0, 60, SETTINGS);
            assertEquals(row, {
              low_water: levels.lowWater,
              batch_size: levels.batchSize,
              arrivals_per_day: levels.perDay && Math.round(levels.perDay * 100) / 100,
            });
            seen.add(levels.lowWater);
          }),
      );
    }
  }
  assert(seen.size > 5 && seen.has(5), [...seen].join());
});

Deno.test("both buy the same area codes", async () => {
  const random = createRandom(12);
  await using database = await createDatabase();
  const { session } = database;
  let bought = 0;
  for (let i = 0; i < 60; i++) {
    const arrivals = randomArrivals(random, 20 + random.integer(300), 20 * DAY);
    const stock = () =>
      Array.from({ length: random.integer(12) }, () => random.pick([...AREA_CODES, null]));
    const [free, onOrder, most] = [stock(), stock(), random.integer(30)];
    await rolledBack(session, async () => {
      await write(session, arrivals, 0);
      await writeStock(session, free, onOrder);
      const found = await values<string>(
        session,
        "select unnest(phone_pool.area_codes_to_buy($1)) as value",
        [most],
      );
      const expected = areaCodesToBuy(arrivals, 0, SETTINGS, [...free, ...onOrder], most);
      assertEquals(found, expected, `case ${i}`);
      bought += found.length;
    });
  }
  assert(bought > 150, `${bought}`);
});

/** 808 stands for those that nobody wants. */
async function writeStock(
  db: Runner,
  free: (string | null)[],
  onOrder: (string | null)[],
): Promise<void> {
  await db.query(
    `insert into public.phone_numbers
       (phone_number, telnyx_phone_number_id, area_code, monthly_cost)
     select '+1' || a.code || '555' || lpad(a.place::text, 4, '0'), a.place::text, a.code, 1
     from (select coalesce(f, '808') as code, place
       from unnest($1::text[]) with ordinality u (f, place)) a`,
    [free],
  );
  await db.query(
    `insert into phone_pool.purchases (reason, area_code, monthly_cost, next_attempt_at, planned_at)
     select 'low_water', a, 1, phone_pool.clock(), phone_pool.clock() from unnest($1::text[]) a`,
    [onOrder],
  );
}

Deno.test("both measure the carrier alike", async (t) => {
  const random = createRandom(9);
  for (const count of [0, 9, 10, 57, 150]) {
    await t.step(`${count} purchases`, async () => {
      await using db = await createTestDatabase();
      const leads = Array.from({ length: count }, () => 5 + random.integer(600));
      await db.query(
        `insert into phone_pool.purchases (status, reason, phone_number, monthly_cost, planned_at,
           next_attempt_at, chosen_at, owned_at)
         select 'owned', 'low_water', '+1212556' || lpad(l.place::text, 4, '0'), 1,
           o.at - l.lead * interval '1 second', o.at, o.at, o.at
         from unnest($1::int[]) with ordinality l (lead, place),
           lateral (select now() + l.place * interval '1 second' as at) o`,
        [leads],
      );
      const seconds = await value<number>(
        db,
        "select extract(epoch from phone_pool.carrier_lead_time())::float8",
      );
      assert(Math.abs(seconds - leadTime(leads)) < 1e-5, `${seconds} ${leadTime(leads)}`);
    });
  }
});
