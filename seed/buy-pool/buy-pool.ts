import { z } from "zod";
import type { Candidate } from "../../functions/_shared/carrier.ts";
import type { CallDatabase } from "../../functions/_shared/database.ts";
import { readStatus, type Status } from "./status.ts";
import type { Terminal } from "./terminal.ts";
import { describeOutcome, describePlan, describeRefusal, isUnderWay, type Price } from "./texts.ts";

export interface BuyPoolOptions {
  /** How many numbers there shall be; the setting initial_size when not given. */
  count?: number;
  areaCode: string | null;
  /** Do not ask. */
  yes: boolean;
}

export interface BuyPoolDependencies {
  call: CallDatabase;
  /** Numbers for sale; undefined: Telnyx cannot be asked from here. */
  search?: (areaCode: string | null) => Promise<Candidate[]>;
  terminal: Terminal;
  /** Between two looks. */
  pause: () => Promise<void>;
  now: () => number;
}

// The functions buy, whether anybody looks or not: a look without news for so long is the last.
const PATIENCE_MILLISECONDS = 5 * 60_000;

/**
 * Buys what is missing to the count, owned and on order together, and follows it to its end.
 * @returns the exit code: 0 when there are as many as wanted
 */
export async function buyPool(
  options: BuyPoolOptions,
  dependencies: BuyPoolDependencies,
): Promise<number> {
  const { call, terminal } = dependencies;
  const { areaCode } = options;
  const status = await readStatus(call, areaCode);
  const count = options.count ?? status.initial_size;
  const missing = Math.max(0, count - status.owned - status.in_flight);
  const price = await priceOf(status, areaCode, dependencies);
  describePlan(status, { count, areaCode, missing, price }).forEach(terminal.line);
  if (missing === 0 && status.in_flight === 0) {
    terminal.line("Nothing to buy.");
    return 0;
  }
  const room = roomFor(status, price);
  if (missing > room) {
    describeRefusal(status, { missing, room }).forEach(terminal.line);
    return 1;
  }
  if (missing > 0) {
    const consent = options.yes || terminal.confirm(`Buy ${missing} numbers?`);
    if (consent !== true) {
      terminal.line(
        consent === null ? "Nobody to ask: repeat with --yes. Nothing is bought." : "Not bought.",
      );
      return consent === null ? 2 : 1;
    }
    await order(missing, areaCode, dependencies);
  }
  const end = await follow(status, areaCode, dependencies);
  describeOutcome(end.purchases).forEach(terminal.line);
  if (end.owned >= count) return 0;
  terminal.line(`There are ${end.owned} of ${count}. Run it again to buy or follow the rest.`);
  return 1;
}

/** How many more numbers the caps allow, each at what is reserved for it or at its real price. */
function roomFor(status: Status, price: Price): number {
  const each = Math.max(
    Number(status.expected_cost),
    Number(price.monthly) + Number(price.upfront ?? 0),
  );
  const left = Number(status.monthly_budget) - Number(status.committed);
  const byBudget = each > 0 ? Math.floor(left / each) : Infinity;
  return Math.max(Math.min(status.max_numbers - status.numbers, byBudget), 0);
}

async function priceOf(
  status: Status,
  areaCode: string | null,
  { search, terminal }: BuyPoolDependencies,
): Promise<Price> {
  const expected = { monthly: status.expected_cost, upfront: null, isReal: false };
  if (!search) return expected;
  const [offer] = await search(areaCode);
  if (!offer) terminal.line(`None for sale${areaCode ? ` in area code ${areaCode}` : ""} now`);
  return offer
    ? { monthly: offer.monthlyCost ?? expected.monthly, upfront: offer.upfrontCost, isReal: true }
    : expected;
}

/** Asks, and plans at once: a nudge that got lost would keep the order until the next sweep. */
async function order(
  missing: number,
  areaCode: string | null,
  { call, terminal }: BuyPoolDependencies,
): Promise<void> {
  await call(
    "public.order_phone_numbers",
    { p_quantity: missing, p_area_code: areaCode },
    z.number(),
  );
  try {
    await call("run_planner", {}, z.number());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    terminal.line(`Asked, and planned by the next sweep: ${why}`);
  }
}

/** Looks until nothing is under way any more, or nothing has changed for a long time. */
async function follow(
  start: Status,
  areaCode: string | null,
  { call, terminal, pause, now }: BuyPoolDependencies,
): Promise<Status> {
  let changedAt = now();
  let before = "";
  while (true) {
    const status = await readStatus(call, areaCode, start.now);
    const { purchases } = status;
    const ended = purchases.filter((purchase) => !isUnderWay(purchase)).length;
    const problem = purchases.find((purchase) => isUnderWay(purchase) && purchase.error_class);
    terminal.progress(ended, purchases.length, problem?.error ?? "");
    if (ended === purchases.length) return status;
    const seen = JSON.stringify(purchases);
    if (seen !== before) changedAt = now();
    before = seen;
    if (now() - changedAt > PATIENCE_MILLISECONDS) return status;
    await pause();
  }
}
