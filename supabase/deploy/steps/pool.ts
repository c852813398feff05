import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Context, Step } from "../context.ts";
import { type PoolState, readPoolState, room } from "../pool-state.ts";

const counted = z.object({ count: z.number() });
const DEFAULTS = { initialSize: 40, numberCost: 1 };

/** Buys what is missing of settings.initial_size, once: what is owned or on order counts. */
export const pool: Step = {
  name: "initial pool",
  async plan({ database, target }) {
    const state = await readPoolState(database);
    const size = target.PHONE_POOL_INITIAL_SIZE ?? state?.initialSize ?? DEFAULTS.initialSize;
    const missing = state ? missingOf({ ...state, initialSize: size }) : size;
    const cost = state?.numberCost ?? DEFAULTS.numberCost;
    return missing > 0 ? [`buy ${missing} numbers at Telnyx: about ${price(missing, cost)}`] : [];
  },
  async run(context) {
    const state = await readPoolState(context.database);
    const missing = state ? missingOf(state) : 0;
    if (!state || missing === 0) return "nothing to do";
    const question = `Buy ${missing} numbers at Telnyx, about ${price(missing, state.numberCost)}?`;
    if (!await context.dialogue.confirm(question)) {
      return "not bought: buy later by running this again";
    }
    await order(context, Math.min(missing, 1000));
    const left = await waitForPurchases(context);
    const bought = ((await readPoolState(context.database))?.owned ?? 0) - state.owned;
    return left === 0
      ? `${bought} numbers bought`
      : `${bought} numbers bought, ${left} still on order: the sweep sees to them every minute`;
  },
};

/** Asked for, and planned in a transaction of its own. */
async function order({ database }: Context, count: number): Promise<void> {
  await database.row(counted, "select public.order_phone_numbers($1) as count", [count]);
  await database.row(counted, "select public.run_planner() as count");
}

/** The part of the initial pool that is missing, as far as the caps allow. */
function missingOf(state: PoolState): number {
  return Math.min(Math.max(state.initialSize - state.owned - state.inFlight, 0), room(state));
}

const price = (count: number, each: number) => `$${(count * each).toFixed(2)} a month`;

async function waitForPurchases({ database, dialogue, patience }: Context): Promise<number> {
  const deadline = Date.now() + patience.purchases;
  let shown = -1;
  while (true) {
    const inFlight = (await readPoolState(database))?.inFlight ?? 0;
    if (inFlight !== shown) dialogue.say(`  ${inFlight} on order`);
    shown = inFlight;
    if (inFlight === 0 || Date.now() > deadline) return inFlight;
    await pause(500);
  }
}
