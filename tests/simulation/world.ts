import { forecastLevels, latestArrivals, leadTime } from "./forecast.ts";
import { DAY, MINUTE, type Scenario, WARM_UP } from "./scenarios.ts";
import { carrierOf, type Delivery, type Traffic } from "./traffic.ts";

export type Policy = "fixed" | "forecast";

export interface Outcome {
  registrations: number;
  /** Of them, those that found no number and waited. */
  waited: number;
  longestWaitSeconds: number;
  purchases: number;
  /** What the numbers cost that nobody had, in US dollars. */
  idleUsd: number;
  /** Every few minutes of the counted time. */
  trace: { day: number; idle: number; waiting: number; lowWater: number }[];
}

const LOW_WATER = 5;
const BATCH_SIZE = 10;
const INITIAL_SIZE = 40;
const KEEP_IDLE_ABOVE = 20;
const QUARANTINE = 90 * DAY;

type Order = Delivery & { at: number };

/**
 * The pool, second by second: what the trigger, the sweep and refill() do, with a carrier that
 * takes its time. max_numbers and the budget are out of reach, and no nudge is lost.
 */
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
      else pool.register(traffic.arrivals[next++]!);
    }
    pool.advance(minute);
    for (; !departure.done && departure.value <= minute; departure = departures.next()) {
      pool.rest();
    }
    pool.sweep();
  }
  return pool.outcome;
}

class Pool {
  readonly outcome: Outcome = {
    registrations: 0,
    waited: 0,
    longestWaitSeconds: 0,
    purchases: 0,
    idleUsd: 0,
    trace: [],
  };
  private now = 0;
  private idle = INITIAL_SIZE;
  private lowWater = LOW_WATER;
  private batchSize = BATCH_SIZE;
  /** By arrival. */
  private readonly orders: Order[] = [];
  private readonly waiting: number[] = [];
  private readonly resting: number[] = [];
  private readonly arrivals: number[] = [];
  private readonly leads: number[] = [];

  constructor(
    private readonly policy: Policy,
    private readonly buy: (now: number) => Delivery,
  ) {}

  get nextDelivery(): number {
    return this.orders[0]?.arrives ?? Infinity;
  }

  private get isCounted(): boolean {
    return this.now >= WARM_UP;
  }

  advance(to: number): void {
    if (this.isCounted) this.outcome.idleUsd += this.idle * (to - this.now) / (30 * DAY);
    this.now = to;
  }

  register(at: number): void {
    this.advance(at);
    this.arrivals.push(at);
    if (this.isCounted) this.outcome.registrations++;
    if (this.idle > 0) this.idle--;
    else {
      this.waiting.push(at);
      if (this.isCounted) this.outcome.waited++;
    }
    if (this.idle < this.lowWater) this.refill();
  }

  receive(): void {
    const order = this.orders.shift();
    if (!order) throw new Error("nothing is on order");
    this.advance(order.arrives);
    this.leads.push(order.arrives - order.at);
    this.idle++;
    this.serve();
  }

  rest(): void {
    this.resting.push(this.now + QUARANTINE);
  }

  sweep(): void {
    while ((this.resting[0] ?? Infinity) <= this.now) {
      this.resting.shift();
      if (this.idle <= KEEP_IDLE_ABOVE) this.idle++;
    }
    this.serve();
    if (this.policy === "forecast") this.forecast();
    this.refill();
    if (this.isCounted && this.now % (5 * MINUTE) === 0) {
      this.outcome.trace.push({
        day: (this.now - WARM_UP) / DAY,
        idle: this.idle,
        waiting: this.waiting.length,
        lowWater: this.lowWater,
      });
    }
  }

  private forecast(): void {
    const demand = latestArrivals(this.arrivals, this.now);
    const levels = forecastLevels(demand, leadTime(this.leads), BATCH_SIZE);
    const isHigh = levels.lowWater > LOW_WATER;
    this.lowWater = isHigh ? levels.lowWater : LOW_WATER;
    this.batchSize = isHigh
      ? Math.max(Math.min(levels.batchSize, levels.lowWater), BATCH_SIZE)
      : BATCH_SIZE;
  }

  private serve(): void {
    while (this.idle > 0 && this.waiting.length > 0) {
      const asked = this.waiting.shift()!;
      this.idle--;
      if (asked < WARM_UP) continue;
      const wait = this.now - asked;
      this.outcome.longestWaitSeconds = Math.max(this.outcome.longestWaitSeconds, wait);
    }
  }

  /** As missing_numbers() and refill(): orders that are late are replaced, two batches of them. */
  private refill(): void {
    const late = this.orders.filter((order) => order.chosen <= this.now - 15 * MINUTE).length;
    const onOrder = this.orders.length - Math.min(late, 2 * BATCH_SIZE);
    const missing = this.lowWater + this.waiting.length - onOrder - this.idle;
    const planned = Math.max(Math.ceil(missing / this.batchSize) * this.batchSize, 0);
    for (let i = 0; i < planned; i++) {
      const order = { at: this.now, ...this.buy(this.now) };
      const place = this.orders.findIndex((other) => other.arrives > order.arrives);
      this.orders.splice(place < 0 ? this.orders.length : place, 0, order);
    }
    if (this.isCounted) this.outcome.purchases += planned;
  }
}
