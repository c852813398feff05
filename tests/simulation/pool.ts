import { areaCodesToBuy, forecastLevels, leadTime, type Settings } from "./forecast.ts";
import { DAY, MINUTE, WARM_UP } from "./scenarios.ts";
import type { Delivery } from "./traffic.ts";

export type Policy = "fixed" | "forecast";

export interface Outcome {
  registrations: number;
  /** Of them, those that found no number and waited. */
  waited: number;
  /** Those that wanted an area code, and of them those that found no number of it and waited. */
  wishes: number;
  wishesWaited: number;
  longestWaitSeconds: number;
  purchases: number;
  /** What the numbers cost that nobody had, in US dollars. */
  idleUsd: number;
  /** Every few minutes of the counted time. */
  trace: { day: number; idle: number; waiting: number; lowWater: number }[];
}

const SETTINGS: Settings = { lowWater: 5, batchSize: 10 };
const INITIAL_SIZE = 40;
const KEEP_IDLE_ABOVE = 20;
const AREA_CODE_WAIT = 10 * MINUTE;
const QUARANTINE = 90 * DAY;

/** Of the area code it is bought in (null: any), for who waits for it (null: the pool). */
type Order = Delivery & { at: number; areaCode: string | null; request: Request | null };

export interface Request {
  at: number;
  areaCode: string | null;
}

/**
 * The pool, second by second: what the trigger, the sweep and plan() do, with a carrier that
 * takes its time. max_numbers and the budget are out of reach, no area code is sold out, and no
 * nudge is lost.
 */
export class Pool {
  readonly outcome: Outcome = {
    registrations: 0,
    waited: 0,
    wishes: 0,
    wishesWaited: 0,
    longestWaitSeconds: 0,
    purchases: 0,
    idleUsd: 0,
    trace: [],
  };
  private now = 0;
  /** The area codes of the free numbers, oldest first; null: one that nobody wants. */
  private readonly free: (string | null)[] = Array.from({ length: INITIAL_SIZE }, () => null);
  private levels = SETTINGS;
  /** By arrival. */
  private readonly orders: Order[] = [];
  private readonly waiting: Request[] = [];
  private readonly resting: number[] = [];
  private readonly arrivals: number[] = [];
  private readonly wishes: (string | null)[] = [];
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
    if (this.isCounted) this.outcome.idleUsd += this.free.length * (to - this.now) / (30 * DAY);
    this.now = to;
  }

  register(request: Request): void {
    const { at, areaCode } = request;
    this.advance(at);
    this.arrivals.push(at);
    this.wishes.push(areaCode);
    const waits = !this.serves(request);
    if (waits) this.waiting.push(request);
    if (waits && areaCode !== null) this.order(areaCode, request);
    if (this.isCounted) {
      this.outcome.registrations++;
      this.outcome.waited += Number(waits);
      this.outcome.wishes += Number(areaCode !== null);
      this.outcome.wishesWaited += Number(waits && areaCode !== null);
    }
    if (this.free.length < this.levels.lowWater) this.refill();
  }

  receive(): void {
    const order = this.orders.shift();
    if (!order) throw new Error("nothing is on order");
    this.advance(order.arrives);
    if (order.request === null) this.leads.push(order.arrives - order.at);
    this.free.push(order.areaCode);
    // Whom it was bought for comes first.
    this.serve(this.waiting.filter((request) => request === order.request));
    this.serve(this.waiting);
  }

  rest(): void {
    this.resting.push(this.now + QUARANTINE);
  }

  sweep(): void {
    while ((this.resting[0] ?? Infinity) <= this.now) {
      this.resting.shift();
      if (this.free.length <= KEEP_IDLE_ABOVE) this.free.push(null);
    }
    for (const request of this.waiting) {
      if (request.at < this.now - AREA_CODE_WAIT) request.areaCode = null;
    }
    this.serve(this.waiting);
    if (this.policy === "forecast") {
      this.levels = forecastLevels(this.arrivals, this.now, leadTime(this.leads), SETTINGS);
    }
    this.refill();
    if (this.isCounted && this.now % (5 * MINUTE) === 0) {
      this.outcome.trace.push({
        day: (this.now - WARM_UP) / DAY,
        idle: this.free.length,
        waiting: this.waiting.length,
        lowWater: this.levels.lowWater,
      });
    }
  }

  /** Whether there was a number for it: the oldest, of the area code that it wants. */
  private serves({ areaCode }: Request): boolean {
    const place = areaCode === null ? 0 : this.free.indexOf(areaCode);
    return place >= 0 && this.free.splice(place, 1).length > 0;
  }

  private serve(requests: Request[]): void {
    for (const request of [...requests]) {
      if (this.free.length === 0) return;
      if (!this.serves(request)) continue;
      this.waiting.splice(this.waiting.indexOf(request), 1);
      const wait = request.at < WARM_UP ? 0 : this.now - request.at;
      this.outcome.longestWaitSeconds = Math.max(this.outcome.longestWaitSeconds, wait);
    }
  }

  /** As missing_numbers() and plan_refill(): orders that are late are replaced, two batches of them. */
  private refill(): void {
    const orders = this.orders.filter((order) => order.request === null);
    const waiting = this.waiting.filter((request) => request.areaCode === null);
    const late = orders.filter((order) => order.chosen <= this.now - 15 * MINUTE).length;
    const onOrder = orders.length - Math.min(late, 2 * SETTINGS.batchSize);
    const { lowWater, batchSize } = this.levels;
    const missing = lowWater + waiting.length - onOrder - this.free.length;
    const planned = Math.max(Math.ceil(missing / batchSize) * batchSize, 0);
    if (planned === 0) return;
    const areaCodes = waiting.length > 0 ? [] : this.areaCodes(planned);
    for (let i = 0; i < planned; i++) this.order(areaCodes[i] ?? null, null);
  }

  private areaCodes(planned: number): string[] {
    if (this.policy === "fixed") return [];
    const arrivals = { times: this.arrivals, wishes: this.wishes };
    const onOrder = this.orders.filter((order) => order.request === null).map((order) =>
      order.areaCode
    );
    return areaCodesToBuy(arrivals, this.now, this.levels, [...this.free, ...onOrder], planned);
  }

  private order(areaCode: string | null, request: Request | null): void {
    const order = { at: this.now, areaCode, request, ...this.buy(this.now) };
    const place = this.orders.findIndex((other) => other.arrives > order.arrives);
    this.orders.splice(place < 0 ? this.orders.length : place, 0, order);
    if (this.isCounted) this.outcome.purchases++;
  }
}
