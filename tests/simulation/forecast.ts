/**
 * The forecast in TypeScript, line by line as phone_pool.forecast_levels() and what feeds it
 * (migrations/20261120001160_forecasts.sql); `is-the-forecast-of-the-database.test.ts` compares
 * them.
 */
export interface Levels {
  /** Registrations a second, at the latest pace. */
  pace: number;
  lowWater: number;
  batchSize: number;
}

const DAY = 86_400;
const MONTH = 28 * DAY;
const MOST = 2048;

/** The least number, 1 to 1,000, that is reached with no more than that probability. */
export function poissonLevel(mean: number, risk: number): number {
  if (mean > 600) return 1000;
  let level = 1;
  let term = Math.exp(-mean);
  let tail = 1 - term;
  while (tail > risk && level < 1000) {
    term = term * mean / level;
    tail -= term;
    level++;
  }
  return level;
}

/** What the rule looks at. */
export interface Demand {
  /** How many seconds ago the 8th, 16th, 32nd … latest registration was. */
  ages: number[];
  /** Registrations a day, in the long run. */
  perDay: number;
  /** How many registrations `perDay` was counted from. */
  count: number;
}

/** @param lead the carrier's seconds from plan to number */
export function forecastLevels(
  { ages, perDay }: Omit<Demand, "count">,
  lead: number,
  batchSize: number,
): Levels {
  let pace = 0;
  for (const [i, age] of ages.entries()) {
    const arrivals = 8 * 2 ** i;
    pace = Math.max(pace, (arrivals - 2 * Math.sqrt(arrivals)) / Math.max(age, 300));
  }
  const batch = Math.min(Math.max(batchSize, Math.ceil(pace * 60)), 100);
  const mean = pace * Math.min(Math.max(lead, 30), 3600);
  const risk = Math.min(batch / Math.max(perDay * 365.25, 1), 0.01);
  const lowWater = Math.min(poissonLevel(mean, risk), Math.max(Math.ceil(perDay * 3), 1));
  return { pace, lowWater, batchSize: batch };
}

/** As phone_pool.latest_arrivals(). `times`: seconds, in order. */
export function latestArrivals(times: number[], now: number): Demand {
  const ages: number[] = [];
  for (let place = 8; place <= MOST && place <= times.length; place *= 2) {
    const age = Math.max(now - times[times.length - place]!, 0);
    if (age >= MONTH) break;
    ages.push(age);
  }
  let first = Math.max(times.length - MOST, 0);
  const oldest = Math.max(now - (times[first] ?? now), 0) / DAY;
  while (first < times.length && now - times[first]! >= MONTH) first++;
  const days = Math.max(oldest, times.length < MOST ? 1 : 0.001);
  const count = times.length - first;
  return { ages, perDay: count / Math.min(days, 28), count };
}

/** As phone_pool.carrier_lead_time(). `leads`: seconds of each purchase, in order of arrival. */
export function leadTime(leads: number[]): number {
  const latest = leads.slice(-100).sort((a, b) => a - b);
  if (latest.length < 10) return 60;
  const at = 0.6 * (latest.length - 1);
  const below = latest[Math.floor(at)]!;
  return below + (latest[Math.ceil(at)]! - below) * (at - Math.floor(at));
}
