import { type Outcome, type Policy, Pool } from "./pool.ts";
import { DAY, MINUTE, type Scenario, WARM_UP } from "./scenarios.ts";
import { carrierOf, type Traffic } from "./traffic.ts";

/** What becomes of a pool with these organizations and this carrier. */
export function simulate(
  scenario: Scenario,
  traffic: Traffic,
  seed: number,
  policy: Policy,
): Outcome {
  const pool = new Pool(policy, carrierOf(scenario, seed));
  const departures = traffic.departures.values();
  let departure = departures.next();
  let next = 0;
  for (let minute = 0; minute < WARM_UP + scenario.days * DAY; minute += MINUTE) {
    while (Math.min(traffic.arrivals[next] ?? Infinity, pool.nextDelivery) < minute) {
      if (pool.nextDelivery <= (traffic.arrivals[next] ?? Infinity)) pool.receive();
      else pool.register({ at: traffic.arrivals[next]!, areaCode: traffic.wishes[next++]! });
    }
    pool.advance(minute);
    for (; !departure.done && departure.value <= minute; departure = departures.next()) {
      pool.rest();
    }
    pool.sweep();
  }
  return pool.outcome;
}
