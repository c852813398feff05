import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { on, type Runner, value } from "../../support/pool.ts";
import { withoutTriggers } from "../../support/raw-rows.ts";
import { stopClock } from "../support/clock.ts";
import { expectedHealth, expectedMetrics, expectedReliability } from "../support/expected.ts";
import {
  type Cost,
  expectedCosts,
  expectedSpending,
  type Spending,
} from "../support/expected-costs.ts";
import { randomPool, type RawPool } from "../support/random-pool.ts";
import { NOW } from "../support/random.ts";
import { writePool } from "../support/write-pool.ts";

const SEEDS = 100;
const DOLLARS = [
  "assigned_usd",
  "quarantine_usd",
  "idle_usd",
  "rent_usd",
  "one_time_usd",
  "minutes_usd",
  "total_usd",
  "projected_usd",
  "committed_usd",
] as const;

/** Rows as JSON numbers: bigint and numeric come as text otherwise. */
async function read(db: Runner, sql: string): Promise<Record<string, unknown>[]> {
  const rows = await db.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(v) as row from (${sql}) v`,
  );
  return rows.map(({ row }) => row);
}

Deno.test(`${SEEDS} random pools: every figure as computed from the rows themselves`, async () => {
  await using db = await createTestDatabase();
  await stopClock(db, NOW);
  const session = on(await db.connect("supabase_admin"));
  for (let seed = 1; seed <= SEEDS; seed++) {
    const pool = randomPool(seed);
    await session.query("begin");
    try {
      await withoutTriggers(session, () => writePool(session, pool));
      await compare(session, pool);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    } finally {
      await session.query("rollback");
    }
  }
});

async function compare(db: Runner, pool: RawPool): Promise<void> {
  const lowWater = await value<number>(db, "select low_water from phone_pool.levels()");
  assertEquals(
    await read(
      db,
      `select available, assigned, suspended, rented, committed_usd, waiting, in_flight, low_water,
         arrivals_per_day, days_of_cover, status
       from admin_pool_health`,
    ),
    [expectedHealth(pool, lowWater)],
  );
  assertEquals(
    await read(
      db,
      `select period, requests, at_once, within_a_minute, later, waiting, failing, success_rate,
         pool_p50_milliseconds, pool_p95_milliseconds, pool_p99_milliseconds,
         purchase_p50_seconds, purchase_p95_seconds, times_below_low_water,
         extract(epoch from time_below_low_water)::float8 as seconds_below_low_water
       from admin_assignment_metrics`,
    ),
    expectedMetrics(pool),
  );
  assertEquals(
    await read(
      db,
      `select period, operation, requests, failed, success_rate, unanswered, server_errors,
         rate_limited, refused, errors_by_class, p50_milliseconds, p95_milliseconds,
         p99_milliseconds
       from admin_carrier_reliability`,
    ),
    expectedReliability(pool),
  );
  compareCosts(await readCosts(db), expectedCosts(pool));
  compareSpending(await readSpending(db), expectedSpending(pool));
  await compareSupport(db, pool);
}

async function readCosts(db: Runner): Promise<Cost[]> {
  return await db.query<Cost & Record<string, unknown>>(
    `select organization_id, month::text, rental_usd::float8, calls::int, minutes::float8,
       total_usd::float8, projected_usd::float8
     from admin_organization_costs order by organization_id, month`,
  );
}

/** The view rounds to a hundredth of a cent, and minutes to a hundredth. */
function compareCosts(actual: Cost[], expected: Cost[]): void {
  assertEquals(actual.length, expected.length);
  for (const [index, want] of expected.entries()) {
    const got = actual[index];
    assert(got);
    assertEquals([got.organization_id, got.month, got.calls], [
      want.organization_id,
      want.month,
      want.calls,
    ]);
    for (const name of ["rental_usd", "total_usd", "projected_usd"] as const) {
      assert(Math.abs(got[name] - want[name]) < 0.00006, `${name} ${got[name]} ${want[name]}`);
    }
    assert(Math.abs(got.minutes - want.minutes) < 0.00501, `${got.minutes} ${want.minutes}`);
  }
}

async function readSpending(db: Runner): Promise<Spending[]> {
  return await db.query<Spending & Record<string, unknown>>(
    `select month::text, assigned_usd::float8, quarantine_usd::float8, idle_usd::float8,
       rent_usd::float8, one_time_usd::float8, minutes_usd::float8, total_usd::float8,
       projected_usd::float8, committed_usd::float8, numbers::int, idle_numbers::int,
       quarantine_numbers::int
     from admin_spending`,
  );
}

/** The view rounds to a cent. */
function compareSpending(actual: Spending[], expected: Spending[]): void {
  const counted = ({ month, numbers, idle_numbers, quarantine_numbers }: Spending) => [
    month,
    numbers,
    idle_numbers,
    quarantine_numbers,
  ];
  assertEquals(actual.map(counted), expected.map(counted));
  for (const [index, want] of expected.entries()) {
    const got = actual[index];
    assert(got);
    for (const name of DOLLARS) {
      const what = `${want.month} ${name} ${got[name]} ${want[name]}`;
      assert(Math.abs(got[name] - want[name]) < 0.00501, what);
    }
  }
}

async function compareSupport(db: Runner, pool: RawPool): Promise<void> {
  const rows = await read(
    db,
    `select phone_number, situation, calls_in_30_days, jsonb_array_length(history) as holders
     from admin_support_numbers where phone_number is not null order by phone_number`,
  );
  const since = NOW.getTime() - 30 * 86_400_000;
  assertEquals(
    rows,
    pool.numbers.map((number) => ({
      phone_number: number.phone_number,
      situation: number.status,
      calls_in_30_days:
        pool.calls.filter((c) =>
          c.organization_id === number.organization_id && c.status !== "refused" &&
          c.created_at.getTime() > since
        ).length,
      holders: pool.tenures.filter((t) => t.phone_number_id === number.id).length || null,
    })).toSorted((a, b) => a.phone_number < b.phone_number ? -1 : 1),
  );
  const waits = await read(
    db,
    "select organization_id from admin_support_numbers where situation = 'waiting' order by 1",
  );
  assertEquals(
    waits.map((row) => row.organization_id),
    pool.requests.map((request) => request.organization_id).sort(),
  );
}
