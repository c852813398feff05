import { createRandom } from "../support/random.ts";
import { MINUTE, type Scenario, WARM_UP } from "./scenarios.ts";

/** Seconds since the beginning, in order. */
export interface Traffic {
  arrivals: number[];
  /** The area code that each of them wants; null: any. */
  wishes: (string | null)[];
  departures: number[];
}

/** A number from 0 to 1, never 0. */
export const uniform = (random: ReturnType<typeof createRandom>) =>
  (random.integer(2 ** 30) + 1) / (2 ** 30 + 1);

/** Who comes and who goes, the same for every policy: decided by the seed alone. */
export function trafficOf(scenario: Scenario, seed: number): Traffic {
  const random = createRandom(seed);
  const end = WARM_UP + scenario.days * 86_400;
  const arrivals: number[] = [];
  const departures: number[] = [];
  for (let minute = 0; minute < end; minute += MINUTE) {
    for (let i = poisson(scenario.rate(minute), random); i > 0; i--) {
      arrivals.push(minute + MINUTE * uniform(random));
    }
    const leaving = arrivals.length * scenario.churn / (30 * 24 * 60);
    for (let i = poisson(leaving, random); i > 0; i--) departures.push(minute);
  }
  for (const { at, count } of scenario.imports ?? []) {
    for (let i = 0; i < count; i++) arrivals.push(at + i / 1000);
  }
  const wishes = wishesOf(scenario, arrivals.length, createRandom(seed + 2));
  return { arrivals: arrivals.sort((a, b) => a - b), wishes, departures };
}

/** Of area codes 200, 201, … the k-th is wanted 1/k as often as the first. */
function wishesOf(
  { wishes }: Scenario,
  count: number,
  random: ReturnType<typeof createRandom>,
): (string | null)[] {
  const weights = Array.from({ length: wishes?.areaCodes ?? 0 }, (_, i) => 1 / (i + 1));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: count }, () => {
    if (!random.chance(wishes?.share ?? 0)) return null;
    let left = uniform(random) * all;
    const place = weights.findIndex((weight) => (left -= weight) <= 0);
    return String(200 + place);
  });
}

function poisson(mean: number, random: ReturnType<typeof createRandom>): number {
  let count = -1;
  for (let sum = 0; sum < mean || count < 0; count++) sum -= Math.log(uniform(random));
  return count;
}

export interface Delivery {
  /** When the number is chosen and ordered: while the carrier is away, not before it is back. */
  chosen: number;
  arrives: number;
}

/** What becomes of each purchase, in the order of purchases: the carrier's answer to a seed. */
export function carrierOf(scenario: Scenario, seed: number): (now: number) => Delivery {
  const random = createRandom(seed + 1);
  // Log-normal: half take no longer than the median, one of 20 five times as long.
  const spread = Math.log(5) / 1.645;
  return (now) => {
    const normal = Math.sqrt(-2 * Math.log(uniform(random))) *
      Math.cos(2 * Math.PI * uniform(random));
    const lead = scenario.leadSeconds * Math.exp(spread * normal);
    const outage = scenario.outages?.find(({ from, to }) => now + lead > from && now < to);
    const chosen = outage ? outage.to : now;
    return { chosen, arrives: chosen + lead };
  };
}
