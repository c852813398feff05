import { assert } from "../../support/assert.ts";
import type { RawCall, RawNumber, RawPool, RawTenure } from "./random-pool.ts";
import { NOW } from "./random.ts";

/** What settings.call_minute_cost_usd is. */
const MINUTE_USD = 0.01;

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
  const tenures = pool.tenures.filter((t) => t.organization_id === organization_id);
  const heldUntil = (until: number) =>
    tenures.map((tenure) => ({
      time: overlap(tenure.from, tenure.until, start, Math.min(end, until)),
      cost: numberOf(pool, tenure).monthly_cost,
    }));
  const sum = (held: { time: number; cost: number }[]) => ({
    time: held.reduce((all, { time }) => all + time, 0),
    usd: held.reduce((all, { time, cost }) => all + cost * time / (end - start), 0),
  });
  const [soFar, inAll] = [sum(heldUntil(NOW.getTime())), sum(heldUntil(end))];
  const calls = callsWithin(pool, start, end).filter((c) => c.organization_id === organization_id);
  const minutes = minutesOf(calls);
  // It goes on to call as it did while it held a number, for as long as it will hold one.
  const goesOn = inAll.time > soFar.time
    ? inAll.time / Math.max(soFar.time, (end - start) / 100)
    : 1;
  return {
    organization_id,
    month: monthName(start),
    rental_usd: soFar.usd,
    calls: calls.length,
    minutes,
    total_usd: soFar.usd + minutes * MINUTE_USD,
    projected_usd: inAll.usd + minutes * MINUTE_USD * goesOn,
  };
}

export interface Spending {
  month: string;
  assigned_usd: number;
  quarantine_usd: number;
  idle_usd: number;
  rent_usd: number;
  one_time_usd: number;
  minutes_usd: number;
  total_usd: number;
  projected_usd: number;
  committed_usd: number;
  numbers: number;
  idle_numbers: number;
  quarantine_numbers: number;
}

/** The latest month first. */
export function expectedSpending(pool: RawPool): Spending[] {
  if (pool.numbers.length === 0) return [];
  return monthsSince(Math.min(...pool.numbers.map((n) => n.purchased_at.getTime())))
    .reverse().map((start) => spendingOf(pool, start));
}

function spendingOf(pool: RawPool, start: number): Spending {
  const end = nextMonth(start);
  const numbers = pool.numbers
    .filter((n) => n.purchased_at.getTime() < end && (n.gone_at?.getTime() ?? Infinity) > start)
    .map((number) => useOf(pool, number, start, end));
  const usd = (time: (use: NumberUse) => number) =>
    numbers.reduce((all, use) => all + use.cost * time(use) / (end - start), 0);
  const assigned_usd = usd((use) => use.assigned);
  const quarantine_usd = usd((use) => use.resting);
  const idle_usd = usd((use) => use.rented - use.assigned - use.resting);
  const rent_usd = assigned_usd + quarantine_usd + idle_usd;
  const one_time_usd = oneTime(pool, start, end);
  const minutes_usd = minutesOf(callsWithin(pool, start, end)) * MINUTE_USD;
  const elapsed = Math.max(Math.min((NOW.getTime() - start) / (end - start), 1), 0.01);
  const isOver = end <= NOW.getTime();
  return {
    month: monthName(start),
    assigned_usd,
    quarantine_usd,
    idle_usd,
    rent_usd,
    one_time_usd,
    minutes_usd,
    total_usd: rent_usd + one_time_usd + minutes_usd,
    projected_usd: usd((use) => use.projected) + one_time_usd + minutes_usd / elapsed,
    committed_usd: isOver
      ? numbers.reduce((all, { cost }) => all + cost, 0) + one_time_usd
      : committedNow(pool),
    numbers: numbers.length,
    idle_numbers: numbers.filter((use) => use.assigned + use.resting < 1000).length,
    quarantine_numbers: numbers.filter((use) => use.assigned < 1000 && use.resting >= 1000).length,
  };
}

interface NumberUse {
  cost: number;
  /** Milliseconds of the month, as the next ones. */
  rented: number;
  projected: number;
  assigned: number;
  resting: number;
}

function useOf(pool: RawPool, number: RawNumber, start: number, end: number): NumberUse {
  const until = Math.min(end, NOW.getTime());
  const tenures = pool.tenures.filter((t) => t.phone_number_id === number.id);
  const add = (time: (tenure: RawTenure) => number) =>
    tenures.reduce((all, tenure) => all + time(tenure), 0);
  return {
    cost: number.monthly_cost,
    rented: overlap(number.purchased_at, number.gone_at, start, until),
    projected: overlap(number.purchased_at, number.gone_at, start, end),
    assigned: add((t) => overlap(t.from, t.until, start, until)),
    resting: add((t) => {
      if (!t.until) return 0;
      const ends = [t.resumed_at ?? t.quarantine_until, number.gone_at]
        .flatMap((at) => at ? [at.getTime()] : []);
      return overlap(t.until, new Date(Math.min(...ends)), start, until);
    }),
  };
}

/** What counts against the budget: a month's rent of every number of this month, and the rest. */
export function committedNow(pool: RawPool): number {
  const start = Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth());
  const rent = pool.numbers.filter((n) => (n.gone_at?.getTime() ?? Infinity) >= start)
    .reduce((all, { monthly_cost }) => all + monthly_cost, 0);
  const onOrder = pool.purchases.filter(({ status }) => status === "planned").length;
  return Math.round((rent + onOrder + oneTime(pool, start, Infinity)) * 100) / 100;
}

const oneTime = (pool: RawPool, start: number, end: number) =>
  pool.purchases.filter(({ owned_at }) =>
    owned_at !== null && owned_at.getTime() >= start && owned_at.getTime() < end
  ).reduce((all, { upfront_cost }) => all + (upfront_cost ?? 0), 0);

const overlap = (from: Date, until: Date | null, start: number, end: number) =>
  Math.max(Math.min(until?.getTime() ?? Infinity, end) - Math.max(from.getTime(), start), 0);

function numberOf(pool: RawPool, { phone_number_id }: RawTenure): RawNumber {
  const number = pool.numbers.find(({ id }) => id === phone_number_id);
  assert(number);
  return number;
}

const callsWithin = (pool: RawPool, start: number, end: number) =>
  pool.calls.filter(({ answered_at, left_at, created_at }) =>
    answered_at && left_at && created_at.getTime() >= start && created_at.getTime() < end
  );

const minutesOf = (calls: RawCall[]) =>
  calls.reduce(
    (all, c) => all + ((c.left_at?.getTime() ?? 0) - (c.answered_at?.getTime() ?? 0)) / 60_000,
    0,
  );

const monthName = (start: number) => new Date(start).toISOString().slice(0, 10);

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
