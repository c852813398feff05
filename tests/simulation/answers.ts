import type { Random } from "../support/random.ts";

/** The rule of admin_number_health in TypeScript; a test compares it with the SQL. */
export const RULE = { latest: 50, least: 30, earlier: 300, fleetCalls: 20, chance: 1 / 25_000 };

/** Probability of `answered` or fewer of `calls`: beta-binomial. */
export function chanceOfSoFew(
  answered: number,
  calls: number,
  usualAnswered: number,
  usualUnanswered: number,
): number {
  let term = 1;
  for (let i = 0; i < calls; i++) {
    term *= (usualUnanswered + i) / (usualAnswered + usualUnanswered + i);
  }
  let sum = term;
  for (let k = 0; k < answered; k++) {
    term *= (calls - k) / (k + 1) * (usualAnswered + k) / (usualUnanswered + calls - k - 1);
    sum += term;
  }
  return sum;
}

/**
 * Whether the number is said to lose answers after each of a clinic's calls, all from one number.
 * @param answered of each call, the oldest first
 */
export function verdicts(answered: boolean[], fleetRate: number): boolean[] {
  const before = [0];
  for (const is of answered) before.push((before.at(-1) ?? 0) + Number(is));
  const between = (from: number, to: number) => (before[to] ?? 0) - (before[from] ?? 0);
  return answered.map((_, index) => {
    const at = index + 1;
    if (at < RULE.least) return false;
    const latest = Math.min(RULE.latest, at);
    const since = Math.max(0, at - latest - RULE.earlier);
    const usual = at - latest - since;
    const rate = (between(since, at - latest) + RULE.fleetCalls * fleetRate) /
      (usual + RULE.fleetCalls);
    const weight = usual + RULE.fleetCalls;
    const chance = chanceOfSoFew(
      between(at - latest, at),
      latest,
      rate * weight,
      (1 - rate) * weight,
    );
    return chance < RULE.chance;
  });
}

/** A year of a clinic: its rate wanders a little from week to week. */
export function yearOfCalls(
  random: Random,
  { rate, calls, wander }: { rate: number; calls: number; wander: number },
): boolean[] {
  let week = rate;
  return Array.from({ length: calls }, (_, index) => {
    if (index % Math.round(calls / 52) === 0) week = rate + wander * normal(random);
    return random.chance(week);
  });
}

/** Nearly so: the sum of twelve. */
export function normal(random: Random): number {
  let sum = -6;
  for (let n = 0; n < 12; n++) sum += random.integer(1_000_000) / 1_000_000;
  return sum;
}
