import { committedNow } from "./expected-costs.ts";
import type { RawPool } from "./random-pool.ts";
import { DAY, NOW } from "./random.ts";

export const PERIODS = [["24 hours", DAY], ["7 days", 7 * DAY], ["30 days", 30 * DAY]] as const;

const share = (part: number, whole: number) => whole === 0 ? null : round(part / whole, 5);
const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/** percentile_disc: the first value at which the share of rows is reached. */
function percentile(values: number[], wanted: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(wanted * sorted.length - 1e-9), 1) - 1] ?? null;
}

const spread = (values: number[]) => ({
  p50_milliseconds: percentile(values, 0.5),
  p95_milliseconds: percentile(values, 0.95),
  p99_milliseconds: percentile(values, 0.99),
});

/** @param lowWater what the forecast and the settings have made of it */
export function expectedHealth(pool: RawPool, lowWater: number) {
  const count = (status: string) => pool.numbers.filter((n) => n.status === status).length;
  const inFlight = pool.purchases.filter((p) => p.status === "planned").length;
  const available = count("available");
  const perDay = arrivalsPerDay(pool);
  return {
    available,
    assigned: count("assigned"),
    suspended: count("suspended"),
    rented: pool.numbers.filter((n) => n.gone_at === null).length + inFlight,
    committed_usd: committedNow(pool),
    waiting: pool.requests.length,
    in_flight: inFlight,
    low_water: lowWater,
    arrivals_per_day: perDay,
    days_of_cover: perDay === null || perDay === 0 ? null : round(available / perDay, 1),
    status:
      pool.purchases.some((p) =>
          p.status === "planned" && p.next_attempt_at.getTime() < NOW.getTime() - 300_000
        )
        ? "stalled"
        : available === 0
        ? "empty"
        : available < lowWater
        ? "low"
        : "healthy",
  };
}

/** Over 28 days, or as many as there are; null: less than a day is known. */
function arrivalsPerDay(pool: RawPool): number | null {
  const ages = [...pool.tenures, ...pool.requests]
    .map(({ requested_at }) => NOW.getTime() - requested_at.getTime());
  const assigned = pool.tenures.map(({ requested_at }) => NOW.getTime() - requested_at.getTime());
  if (!assigned.some((age) => age > DAY)) return null;
  const recent = ages.filter((age) => age <= 28 * DAY);
  const days = Math.max(...recent.map((age) => age / DAY), 1);
  return round(recent.length / days, 2);
}

export function expectedMetrics(pool: RawPool) {
  return PERIODS.map(([period, length]) => {
    const since = NOW.getTime() - length;
    const served = pool.tenures.filter((t) => t.requested_at.getTime() > since).map((t) => ({
      took: t.from.getTime() - t.requested_at.getTime(),
      wasBought: pool.numbers.some((n) =>
        n.id === t.phone_number_id && n.purchased_at > t.requested_at
      ),
    }));
    const waiting = pool.requests.filter((r) => r.requested_at.getTime() > since);
    const requests = served.length + waiting.length;
    const within = (from: number, until: number) =>
      served.filter(({ took }) => took >= from && took < until).length;
    const [atOnce, inTime] = [within(0, 500), within(500, 60_001)];
    const ofPool = served.filter(({ wasBought }) => !wasBought).map(({ took }) => took);
    const bought = served.filter(({ wasBought }) => wasBought)
      .map(({ took }) => round(took / 1000, 1));
    return {
      period,
      requests,
      at_once: atOnce,
      within_a_minute: inTime,
      later: within(60_001, Infinity),
      waiting: waiting.length,
      failing: waiting.filter(({ failures }) => failures > 0).length,
      success_rate: share(atOnce + inTime, requests),
      pool_p50_milliseconds: percentile(ofPool, 0.5),
      pool_p95_milliseconds: percentile(ofPool, 0.95),
      pool_p99_milliseconds: percentile(ofPool, 0.99),
      purchase_p50_seconds: percentile(bought, 0.5),
      purchase_p95_seconds: percentile(bought, 0.95),
      ...expectedLow(pool, since),
    };
  });
}

function expectedLow(pool: RawPool, since: number) {
  const low = pool.episodes.map((e) => ({
    from: Math.max(e.began_at.getTime(), since),
    until: (e.ended_at ?? NOW).getTime(),
  })).filter(({ until }) => until > since);
  const milliseconds = low.reduce((sum, { from, until }) => sum + until - from, 0);
  return {
    times_below_low_water: low.length,
    seconds_below_low_water: round(milliseconds / 1000, 3),
  };
}

export function expectedReliability(pool: RawPool) {
  return PERIODS.flatMap(([period, length]) => {
    const within = pool.carrier.filter((r) => r.requested_at.getTime() > NOW.getTime() - length);
    const operations = [...new Set(within.map((r) => r.operation))].sort();
    return ["all", ...operations].map((operation) => {
      const rows = within.filter((r) => operation === "all" || r.operation === operation);
      const failed = rows.filter((r) => !r.ok);
      const classes = Object.groupBy(failed, (r) => r.error_class ?? "unknown");
      const of = (test: (status: number) => boolean) =>
        failed.filter((r) => r.http_status !== null && test(r.http_status)).length;
      return {
        period,
        operation,
        requests: rows.length,
        failed: failed.length,
        success_rate: share(rows.length - failed.length, rows.length),
        unanswered: failed.filter((r) => r.http_status === null).length,
        server_errors: of((status) => status >= 500),
        rate_limited: of((status) => status === 429),
        refused: of((status) => status < 500 && status !== 429),
        errors_by_class: failed.length === 0 ? null : Object.fromEntries(
          Object.entries(classes).map(([name, list]) => [name, list?.length ?? 0]),
        ),
        ...spread(rows.map((r) => r.milliseconds)),
      };
    });
  });
}
