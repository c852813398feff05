import { z } from "zod";
import type { Context, Step } from "../context.ts";
import { countUnserved, readPoolState, roomInQueue } from "../pool-state.ts";

const CHUNK = 200;
const counted = z.object({ count: z.number() });

/**
 * Numbers for the organizations that were there before, oldest active first, as many as the caps
 * pay for. More than that stay as they are: a queue that can never be served would keep every new
 * organization waiting behind it.
 */
export const backfill: Step = {
  name: "existing organizations",
  async plan({ database }) {
    const unserved = await countUnserved(database);
    if (unserved === 0) return [];
    const affordable = Math.min(unserved, await roomInQueue(database) ?? unserved);
    return affordable > 0 ? [`give up to ${affordable} existing organizations a number`] : [];
  },
  async run(context) {
    const { database } = context;
    let queued = 0;
    while (true) {
      const limit = Math.min(await roomInQueue(database) ?? 0, CHUNK);
      const done = limit > 0 ? await giveNumbers(context, limit) : 0;
      queued += done;
      if (done === 0) break;
    }
    const waiting = Math.min((await readPoolState(database))?.waiting ?? 0, queued);
    const left = await countUnserved(database);
    const rest = left > 0
      ? `; ${left} have none yet: raise max_numbers or monthly_budget_usd and run this again`
      : "";
    return `${queued - waiting} got a number, ${waiting} wait for one${rest}`;
  },
};

/**
 * Into the queue, which is then served and bought for; how many. Transactions of their own for each
 * chunk: an interruption loses none of the others.
 */
async function giveNumbers({ database }: Context, limit: number): Promise<number> {
  const { count } = await database.row(
    counted,
    "select public.backfill_organizations($1) as count",
    [limit],
  );
  await database.row(counted, "select phone_pool_worker.run_planner() as count");
  return count;
}
