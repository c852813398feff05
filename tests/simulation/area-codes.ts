import { poissonLevel } from "./forecast.ts";

/**
 * Which area codes to buy numbers in, line by line as in
 * migrations/20261120001171_area_code_forecasts.sql; a test compares them.
 */
export interface Wanted {
  areaCode: string;
  /** Of the recent arrivals, how many wanted it. */
  arrivals: number;
  keep: number;
}

const RISK = 0.05;

/**
 * @param arrivals that wanted the area code, of `all`, `perDay` of all a day
 * @param pool so many registrations apart batches are
 */
export function areaCodeLevel(arrivals: number, all: number, perDay: number, pool: number): number {
  if (arrivals < 4) return 0;
  const share = arrivals / all;
  return Math.min(poissonLevel(share * pool, RISK) - 1, Math.ceil(7 * perDay * share));
}

/** As phone_pool.forecast_area_codes(). `wishes`: of the recent arrivals; null: any number. */
export function wantedAreaCodes(
  wishes: (string | null)[],
  perDay: number,
  pool: number,
): Wanted[] {
  const counts = new Map<string, number>();
  for (const wish of wishes) if (wish !== null) counts.set(wish, (counts.get(wish) ?? 0) + 1);
  return [...counts].map(([areaCode, arrivals]) => ({
    areaCode,
    arrivals,
    keep: areaCodeLevel(arrivals, wishes.length, perDay, pool),
  }));
}

/**
 * As phone_pool.area_codes_to_buy(), but for area codes that are sold out.
 * @param stock area codes of the numbers in the pool and on order for it; null: another
 */
export function areaCodesToBuy(
  wanted: Wanted[],
  stock: (string | null)[],
  most: number,
): string[] {
  return wanted
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
