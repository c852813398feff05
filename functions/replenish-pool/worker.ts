// @ts-types="../_shared/std.d.ts"
import { pooledMap } from "deno-std/async/pool.js";
import { AppError } from "../_shared/errors.ts";
import { describe } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { advancePurchase, type PurchaseDependencies, type PurchaseResult } from "./purchase.ts";
import type { Purchase } from "./schema.ts";

export interface WorkerDependencies extends PurchaseDependencies {
  log: Log;
  now: () => number;
}

// Below half of the free plan's 150 s, after which an isolate is retired:
// https://supabase.com/docs/guides/functions/limits
const RUN_MILLISECONDS = 55_000;
const BATCH = 10;
const AT_ONCE = 5;
const PAUSE = 2000;

/**
 * Buys what is due until nothing is left to do, or the time is up; the sweep starts the next run.
 * @returns how many purchases ended how
 */
export async function replenish(
  dependencies: WorkerDependencies,
): Promise<Record<PurchaseResult, number>> {
  const { ledger, log, now, delay } = dependencies;
  const endsAt = now() + RUN_MILLISECONDS;
  const total = { owned: 0, retrying: 0, failed: 0 };
  const unfinished = new Set<string>();
  while (now() < endsAt) {
    const purchases = await ledger.claim(BATCH);
    if (purchases.length === 0) {
      // What must be tried again in seconds is worth waiting for: the next sweep is a minute away.
      if (unfinished.size === 0) break;
      await delay(PAUSE);
      continue;
    }
    const work = pooledMap(AT_ONCE, purchases, async (purchase: Purchase) => {
      const result = await attempt(purchase, dependencies);
      total[result] += 1;
      if (result === "retrying") unfinished.add(purchase.id);
      else unfinished.delete(purchase.id);
    });
    for await (const _ of work);
  }
  log("replenished", { ...total });
  return total;
}

async function attempt(
  purchase: Purchase,
  dependencies: WorkerDependencies,
): Promise<PurchaseResult> {
  const { log } = dependencies;
  try {
    const result = await advancePurchase(purchase, dependencies);
    log("purchase", { purchase_id: purchase.id, result });
    return result;
  } catch (error) {
    // Somebody else has it, or the lease will run out and somebody will: nothing to undo.
    const code = error instanceof AppError ? error.code : "internal_error";
    log("purchase_interrupted", { purchase_id: purchase.id, code, error: describe(error) });
    return "retrying";
  }
}
