import { NOW, type RawPool } from "./random-pool.ts";

const DAY = 86_400_000;
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

export function expectedHealth(pool: RawPool) {
  const count = (status: string) => pool.numbers.filter((n) => n.status === status).length;
  const recent = pool.tenures.map((t) => t.requested_at.getTime())
    .filter((at) => at > NOW.getTime() - 30 * DAY);
  const days = Math.max((NOW.getTime() - Math.min(...recent)) / DAY, 1);
  const available = count("available");
  return {
    available,
    assigned: count("assigned"),
    suspended: count("suspended"),
    rented: pool.numbers.length - count("released"),
    waiting: pool.requests.length,
    in_flight: pool.purchases.filter((p) => p.status === "planned").length,
    days_of_cover: recent.length === 0 ? null : round(available / (recent.length / days), 1),
    status:
      pool.purchases.some((p) =>
          p.status === "planned" && p.next_attempt_at.getTime() < NOW.getTime() - 300_000
        )
        ? "stalled"
        : available === 0
        ? "empty"
        : available < 5
        ? "low"
        : "healthy",
  };
}

export function expectedMetrics(pool: RawPool) {
  return PERIODS.map(([period, length]) => {
    const since = NOW.getTime() - length;
    const assigned = pool.tenures.filter((t) => t.requested_at.getTime() > since)
      .map((t) => t.from.getTime() - t.requested_at.getTime());
    const waiting = pool.requests.filter((r) => r.requested_at.getTime() > since).length;
    const requests = assigned.length + waiting;
    const low = pool.episodes.map((e) => ({
      from: Math.max(e.began_at.getTime(), since),
      until: (e.ended_at ?? NOW).getTime(),
    })).filter(({ until }) => until > since);
    return {
      period,
      requests,
      assigned: assigned.length,
      waiting,
      success_rate: share(assigned.length, requests),
      immediate_share: share(assigned.filter((ms) => ms < 500).length, requests),
      ...spread(assigned),
      times_below_low_water: low.length,
      seconds_below_low_water: round(
        low.reduce((sum, { from, until }) => sum + until - from, 0) / 1000,
        3,
      ),
    };
  });
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

export interface Cost {
  organization_id: string;
  month: string;
  rental_usd: number;
  calls: number;
  minutes: number;
  total_usd: number;
  projected_usd: number;
}

export function expectedCosts(pool: RawPool): Cost[] {
  const organizations = [...new Set(pool.tenures.map((t) => t.organization_id))].sort();
  return organizations.flatMap((organization_id) => {
    const held = pool.tenures.filter((t) => t.organization_id === organization_id);
    return monthsSince(Math.min(...held.map((t) => t.from.getTime())))
      .map((start) => costOf(pool, organization_id, start));
  });
}

function costOf(pool: RawPool, organization_id: string, start: number): Cost {
  const end = nextMonth(start);
  const rental = (until: number) =>
    pool.tenures.filter((t) => t.organization_id === organization_id).reduce((sum, t) => {
      const number = pool.numbers.find((n) => n.id === t.phone_number_id);
      const to = Math.min((t.until ?? new Date(until)).getTime(), end, until);
      const time = Math.max(to - Math.max(t.from.getTime(), start), 0);
      return sum + (number?.monthly_cost ?? 0) * time / (end - start);
    }, 0);
  const answered = pool.calls.filter((c) =>
    c.organization_id === organization_id && c.answered_at && c.left_at &&
    c.created_at.getTime() >= start && c.created_at.getTime() < end
  );
  const minutes = answered.reduce(
    (sum, c) => sum + ((c.left_at?.getTime() ?? 0) - (c.answered_at?.getTime() ?? 0)) / 60_000,
    0,
  );
  const elapsed = Math.max(Math.min((NOW.getTime() - start) / (end - start), 1), 0.01);
  return {
    organization_id,
    month: new Date(start).toISOString().slice(0, 10),
    rental_usd: rental(NOW.getTime()),
    calls: answered.length,
    minutes,
    total_usd: rental(NOW.getTime()) + minutes * 0.01,
    projected_usd: rental(end) + minutes * 0.01 / elapsed,
  };
}

function monthsSince(at: number): number[] {
  const first = new Date(at);
  const months: number[] = [];
  for (
    let month = Date.UTC(first.getUTCFullYear(), first.getUTCMonth());
    month <= NOW.getTime();
    month = nextMonth(month)
  ) months.push(month);
  return months;
}

const nextMonth = (month: number) =>
  Date.UTC(new Date(month).getUTCFullYear(), new Date(month).getUTCMonth() + 1);
