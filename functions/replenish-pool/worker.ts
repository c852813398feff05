import { CarrierError } from "../_shared/carrier-errors.ts";
import { DatabaseError } from "../_shared/database.ts";
import { AppError } from "../_shared/errors.ts";
import { describe } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { advancePurchase, type PurchaseDependencies, type PurchaseResult } from "./purchase.ts";
import { type ClaimedPurchase, LEASE_SECONDS } from "./schema.ts";

export interface WorkerDependencies extends PurchaseDependencies {
  log: Log;
}

export type Totals = Record<PurchaseResult | "interrupted", number>;

// With the purchases then under way below the free plan's 150 s, after which an isolate is retired:
// https://supabase.com/docs/guides/functions/limits
const RUN_MILLISECONDS = 55_000;
const AT_ONCE = 5;

/**
 * Plans what is missing and buys what is due, until neither is left to do or the time is up; the
 * sweep starts the next run. A run that finds nothing to claim ends at once: the application may
 * nudge more often than there is work.
 * @returns how many purchases ended how
 */
export async function replenish(dependencies: WorkerDependencies): Promise<Totals> {
  const { log, now } = dependencies;
  const endsAt = now() + RUN_MILLISECONDS;
  const totals: Totals = { owned: 0, retrying: 0, failed: 0, cancelled: 0, interrupted: 0 };
  try {
    await plan(dependencies);
    // What was bought may have been taken meanwhile.
    while (await buyDue(dependencies, totals, endsAt) && now() < endsAt) {
      if (await plan(dependencies) === 0) break;
    }
  } finally {
    log("replenished", { ...totals });
  }
  return totals;
}

/** Plans in a transaction of its own. A plan that fails keeps nothing from being bought. */
async function plan({ ledger, log }: WorkerDependencies): Promise<number> {
  try {
    return await ledger.plan();
  } catch (error) {
    log("plan_failed", { error: describe(error) });
    return 0;
  }
}

/** Buys what is due now or within this run. Returns whether there was anything to claim. */
async function buyDue(
  dependencies: WorkerDependencies,
  totals: Totals,
  endsAt: number,
): Promise<boolean> {
  const underWay = new Set<Promise<void>>();
  let hasWorked = false;
  try {
    do {
      await startDue(dependencies, underWay, totals, endsAt);
      hasWorked ||= underWay.size > 0;
      // A race of nobody never ends.
      if (underWay.size > 0) await Promise.race(underWay);
    } while (underWay.size > 0 || hasWorked && await waitForDue(dependencies, endsAt));
  } finally {
    await Promise.all(underWay);
  }
  return hasWorked;
}

/** Claims as many purchases as can be worked on at once: a claim that waits for its turn runs out. */
async function startDue(
  dependencies: WorkerDependencies,
  underWay: Set<Promise<void>>,
  totals: Totals,
  endsAt: number,
): Promise<void> {
  const { ledger, now } = dependencies;
  while (underWay.size < AT_ONCE && now() < endsAt) {
    const leaseEndsAt = now() + LEASE_SECONDS * 1000;
    const claimed = await ledger.claim(AT_ONCE - underWay.size);
    if (claimed.length === 0) return;
    for (const purchase of claimed) {
      const work = attempt({ ...purchase, leaseEndsAt }, dependencies).then((result) => {
        totals[result] += 1;
        underWay.delete(work);
      });
      underWay.add(work);
    }
  }
}

/** Waits for what is due within this run: the next sweep is up to a minute away. */
async function waitForDue(
  { ledger, now, delay }: WorkerDependencies,
  endsAt: number,
): Promise<boolean> {
  const seconds = await ledger.secondsUntilDue();
  if (seconds === null || now() + seconds * 1000 >= endsAt) return false;
  await delay(Math.max(100, seconds * 1000));
  return true;
}

async function attempt(
  purchase: ClaimedPurchase,
  dependencies: WorkerDependencies,
): Promise<keyof Totals> {
  const { log } = dependencies;
  try {
    const result = await advancePurchase(purchase, dependencies);
    log("purchase", { purchase_id: purchase.id, result });
    return result;
  } catch (error) {
    // Somebody else has it, or the lease will run out and somebody will: nothing to undo.
    const code = error instanceof AppError ? error.code : "internal_error";
    log("purchase_interrupted", { purchase_id: purchase.id, code, error: describe(error) });
    if (!(error instanceof AppError)) await letGo(purchase, error, dependencies);
    return "interrupted";
  }
}

/**
 * A step that waited for a transaction of somebody else in vain is done later. What nobody thought
 * of happens again: it is tried ever less often, and alerts.
 */
async function letGo(
  purchase: ClaimedPurchase,
  error: unknown,
  { ledger, log }: WorkerDependencies,
): Promise<void> {
  try {
    if (error instanceof DatabaseError && error.isHeldUp) await ledger.release(purchase);
    else await ledger.recordFailure(purchase, new CarrierError("unknown_outcome", describe(error)));
  } catch (failure) {
    log("purchase_not_recorded", { purchase_id: purchase.id, error: describe(failure) });
  }
}
