/**
 * The forecast in TypeScript, as phone_pool.forecast_demand() and area_codes_to_buy() have it
 * (migrations/schema/buying/forecast.sql), but for the caps and what is sold out;
 * `forecast/is-the-same-in-the-database.test.ts` compares them.
 */
const DAY = 86_400;
const MONTH = 28 * DAY;
const MOST = 2048;
const WINDOWS = [300, 900, 3600, 21_600, DAY, MONTH];

/** The organizations that asked of late, in order: seconds, and the area code they wanted. */
export interface Arrivals {
  times: number[];
  /** Null: any number. */
  wishes: (string | null)[];
}

export interface Settings {
  lowWater: number;
  batchSize: number;
}

export interface Levels extends Settings {
  /** Null: less than a day of history. */
  perDay: number | null;
}

/** The first of the latest 2,048 arrivals of 28 days. */
function firstRecent(times: number[], now: number): number {
  return Math.max(placeAfter(times, now - MONTH), times.length - MOST);
}

/** What counts as low water mark and batch. @param lead the carrier's seconds from plan to number */
export function forecastLevels(
  times: number[],
  now: number,
  lead: number,
  settings: Settings,
): Levels {
  if (!((times[0] ?? now) < now - DAY)) return { ...settings, perDay: null };
  const first = firstRecent(times, now);
  let pace = 0;
  for (const seconds of WINDOWS) {
    const arrivals = times.length - Math.max(placeAfter(times, now - seconds), first);
    pace = Math.max(pace, (arrivals - 2 * Math.sqrt(arrivals)) / seconds);
  }
  const perDay = (times.length - first) / daysSince(times[first], now);
  const mean = pace * Math.min(Math.max(lead, 30), 3600);
  const needed = Math.min(Math.ceil(mean + 3 * Math.sqrt(mean)), Math.ceil(3 * perDay), 1000);
  const batch = Math.min(Math.max(settings.batchSize, Math.ceil(pace * 60)), 100);
  const isHigh = needed > settings.lowWater;
  return {
    lowWater: Math.max(needed, settings.lowWater),
    batchSize: isHigh ? Math.max(Math.min(batch, needed), settings.batchSize) : batch,
    perDay,
  };
}

/** How many numbers of which area code are kept, by how many wanted it. */
export function wantedAreaCodes({ times, wishes }: Arrivals, now: number, levels: Settings) {
  const first = firstRecent(times, now);
  const all = times.length - first;
  const perDay = all / daysSince(times[first], now);
  const counts = new Map<string, number>();
  for (const wish of wishes.slice(first)) {
    if (wish !== null) counts.set(wish, (counts.get(wish) ?? 0) + 1);
  }
  return [...counts].filter(([, arrivals]) => arrivals >= 4).map(([areaCode, arrivals]) => {
    const mean = arrivals / all * (levels.lowWater + levels.batchSize);
    const keep = Math.min(
      Math.ceil(mean + Math.sqrt(mean)),
      Math.ceil(7 * perDay * arrivals / all),
    );
    return { areaCode, arrivals, keep };
  });
}

/**
 * The area codes of the next `most` numbers for the pool, or of fewer.
 * @param stock area codes of the numbers in the pool and on order for it; null: another
 */
export function areaCodesToBuy(
  arrivals: Arrivals,
  now: number,
  levels: Settings,
  stock: (string | null)[],
  most: number,
): string[] {
  return wantedAreaCodes(arrivals, now, levels)
    .flatMap(({ areaCode, arrivals, keep }) => {
      const there = stock.filter((other) => other === areaCode).length;
      return Array.from(
        { length: Math.max(keep - there, 0) },
        (_, i) => ({ areaCode, usedUp: (there + 1 + i) / arrivals }),
      );
    })
    .sort((a, b) => a.usedUp - b.usedUp || Number(a.areaCode) - Number(b.areaCode))
    .slice(0, most)
    .map(({ areaCode }) => areaCode);
}

/** As phone_pool.carrier_lead_time(). `leads`: seconds of each purchase, in order of arrival. */
export function leadTime(leads: number[]): number {
  const latest = leads.slice(-100).sort((a, b) => a - b);
  if (latest.length < 10) return 60;
  const at = 0.6 * (latest.length - 1);
  const below = latest[Math.floor(at)]!;
  return below + (latest[Math.ceil(at)]! - below) * (at - Math.floor(at));
}

/** One at least, 28 at most. */
const daysSince = (time: number | undefined, now: number) =>
  Math.min(Math.max((now - (time ?? now)) / DAY, 1), 28);

/** Of times in order, the place of the first that is not before `from`. */
function placeAfter(times: number[], from: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
