import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createRandom } from "../../support/random.ts";
import { value } from "../../support/pool.ts";
import { forecastLevels, latestArrivals, leadTime } from "../forecast.ts";

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), 1);

Deno.test("the rule says the same in SQL and in the simulation", async () => {
  await using db = await createTestDatabase();
  const random = createRandom(7);
  const raised: number[] = [];
  for (let i = 0; i < 400; i++) {
    const ages: number[] = [];
    for (let n = random.integer(10), age = 0; n > 0; n--) {
      ages.push(age += random.integer(random.pick([5, 200, 5_000, 200_000])));
    }
    const demand = { ages, perDay: random.integer(random.pick([5, 50, 5000, 100_000])) / 4 };
    const lead = random.integer(random.pick([20, 300, 10_000]));
    const batch = 1 + random.integer(100);
    const [row] = await db.query<{ pace: number; low_water: number; batch_size: number }>(
      "select * from phone_pool.forecast_levels($1, $2, $3, $4)",
      [ages, demand.perDay, lead, batch],
    );
    assert(row);
    const levels = forecastLevels(demand, lead, batch);
    assert(near(row.pace, levels.pace), `${row.pace} ${levels.pace}`);
    assertEquals([row.low_water, row.batch_size], [levels.lowWater, levels.batchSize]);
    raised.push(levels.lowWater);
  }
  assert(raised.some((n) => n > 5 && n < 1000) && raised.includes(1) && raised.includes(1000));
});

/** One tenure each, or a place in the queue for the last few; seconds ago. */
async function write(db: TestDatabase, arrivals: number[], waiting: number): Promise<void> {
  const admin = await db.connect("supabase_admin");
  await admin.query("set session_replication_role = replica");
  await admin.query(
    `insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
     select gen_random_uuid(), gen_random_uuid(), t.at, tstzrange(t.at, null)
     from unnest($1::float8[]) a (ago),
       lateral (select phone_pool.clock() - a.ago * interval '1 second' as at) t`,
    [arrivals.slice(waiting)],
  );
  await admin.query(
    `insert into phone_pool.number_requests (organization_id, requested_at)
     select gen_random_uuid(), phone_pool.clock() - a.ago * interval '1 second'
     from unnest($1::float8[]) with ordinality a (ago, place) order by place desc`,
    [arrivals.slice(0, waiting)],
  );
}

const DAY = 86_400;
const CASES = [
  { name: "nobody yet", count: 0, waiting: 0, over: 1 },
  { name: "seven today", count: 7, waiting: 1, over: DAY / 2 },
  { name: "a young pool", count: 50, waiting: 0, over: 3 * DAY },
  { name: "two months, some wait", count: 700, waiting: 20, over: 60 * DAY },
  { name: "more than are looked at", count: 3000, waiting: 100, over: 5 * DAY },
];

Deno.test("both read the same out of the same history", async (t) => {
  const random = createRandom(8);
  for (const { name, count, waiting, over } of CASES) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      await db.query(`create or replace function phone_pool.clock() returns timestamptz
        language plpgsql set search_path = pg_catalog, pg_temp
        as $$ begin return '2026-11-21 12:00:00+00'; end $$`);
      const ago = Array.from({ length: count }, () => random.integer(over)).sort((a, b) => a - b);
      await write(db, ago, waiting);
      const expected = latestArrivals(ago.map((seconds) => -seconds).reverse(), 0);
      const [row] = await db.query<{ ages: number[]; per_day: number | null }>(
        "select * from phone_pool.latest_arrivals()",
      );
      assert(row);
      assertEquals(row.ages, expected.ages);
      assert(near(row.per_day ?? 0, expected.perDay), `${row.per_day} ${expected.perDay}`);
    });
  }
});

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
