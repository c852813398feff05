import type { Outcome, Policy } from "./pool.ts";
import type { Scenario } from "./scenarios.ts";
import { trafficOf } from "./traffic.ts";
import { simulate } from "./world.ts";

export type Sums = Omit<Outcome, "trace">;

export interface Comparison {
  scenario: string;
  /** Of all seeds together. */
  fixed: Sums;
  forecast: Sums;
  /** Of the first seed. */
  traces: Record<Policy, Outcome>;
}

/** Both policies with the same organizations and the same carrier, once for each seed. */
export function compare(scenario: Scenario, seeds: number[]): Comparison {
  const runs = seeds.map((seed) => {
    const traffic = trafficOf(scenario, seed);
    return {
      fixed: simulate(scenario, traffic, seed, "fixed"),
      forecast: simulate(scenario, traffic, seed, "forecast"),
    };
  });
  const [first] = runs;
  if (!first) throw new Error("no seed given");
  return {
    scenario: scenario.name,
    fixed: sum(runs.map((run) => run.fixed)),
    forecast: sum(runs.map((run) => run.forecast)),
    traces: first,
  };
}

function sum(outcomes: Outcome[]): Sums {
  const total = (read: (outcome: Outcome) => number) =>
    outcomes.reduce((all, outcome) => all + read(outcome), 0);
  return {
    registrations: total((o) => o.registrations),
    waited: total((o) => o.waited),
    wishes: total((o) => o.wishes),
    wishesWaited: total((o) => o.wishesWaited),
    longestWaitSeconds: Math.max(...outcomes.map((o) => o.longestWaitSeconds)),
    purchases: total((o) => o.purchases),
    idleUsd: total((o) => o.idleUsd),
  };
}
