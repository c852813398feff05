import { z } from "zod";
import type { Context, Step } from "../context.ts";
import { type PoolState, readPoolState, room } from "../pool-state.ts";
import { type Purchases, readClock, watchPurchases } from "../purchases.ts";

const counted = z.object({ count: z.number() });
const DEFAULTS = { initialSize: 40, numberCost: 1 };

/** Buys what is missing of settings.initial_size, once: what is owned or on order counts. */
export const pool: Step = {
  name: "initial pool",
  async plan({ database, target, onceUsd }) {
    const state = await readPoolState(database);
    const size = target.PHONE_POOL_INITIAL_SIZE ?? state?.initialSize ?? DEFAULTS.initialSize;
    const missing = state ? missingOf({ ...state, initialSize: size }, onceUsd) : size;
    const cost = state?.numberCost ?? DEFAULTS.numberCost;
    return missing > 0
      ? [`buy ${missing} numbers at Telnyx: about ${price(missing, cost, onceUsd)}`]
      : [];
  },
  async run(context) {
    const state = await readPoolState(context.database);
    const missing = state ? missingOf(state, context.onceUsd) : 0;
    if (!state || missing === 0) return "nothing to do";
    const about = price(missing, state.numberCost, context.onceUsd);
    const question = `Buy ${missing} numbers at Telnyx, about ${about}?`;
    if (!await context.dialogue.confirm(question)) {
      return "not bought now: the pool still buys by itself when it is below low_water";
    }
    return await buy(context, missing);
  },
};

async function buy(context: Context, missing: number): Promise<string> {
  const since = await readClock(context.database);
  const count = Math.min(missing, 1000);
  // Asked for, and planned in a transaction of its own.
  await context.database.row(counted, "select public.order_phone_numbers($1) as count", [count]);
  await context.database.row(counted, "select phone_pool_worker.run_planner() as count");
  return describe(
    count,
    await watchPurchases(context, since, ({ inFlight }) => inFlight === 0),
  );
}

function describe(count: number, { owned, inFlight, failed, problems }: Purchases): string {
  const counts = [
    `${count} numbers ordered, ${owned} bought`,
    ...failed > 0 ? [`${failed} given up`] : [],
    ...inFlight > 0 ? [`${inFlight} still on order (the sweep sees to them every minute)`] : [],
  ];
  return [counts.join(", "), ...problems].join("\n    ");
}

/** The part of the initial pool that is missing, as far as the caps allow. */
function missingOf(state: PoolState, onceUsd?: number): number {
  return Math.min(
    Math.max(state.initialSize - state.owned - state.inFlight, 0),
    room(state, onceUsd),
  );
}

function price(count: number, monthly: number, onceUsd = 0): string {
  const once = onceUsd > 0 ? ` and $${(count * onceUsd).toFixed(2)} once` : "";
  return `$${(count * monthly).toFixed(2)} a month${once}`;
}
