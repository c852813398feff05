import { CarrierError } from "../_shared/carrier-errors.ts";
import { AppError } from "../_shared/errors.ts";
import { describe } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { giveBack, type GiveBackDependencies } from "./give-back.ts";
import type { Ledger } from "./ledger.ts";
import type { Release } from "./schema.ts";

export interface WorkerDependencies extends GiveBackDependencies {
  ledger: Ledger;
  log: Log;
  now: () => number;
}

type Result = "gone" | "failed" | "interrupted";

// Below half of the free plan's 150 s, after which an isolate is retired:
// https://supabase.com/docs/guides/functions/limits
const RUN_MILLISECONDS = 55_000;
const BATCH = 10;

/**
 * Deletes at Telnyx what is due, until nothing is or the time is up; the sweep starts the next run.
 * One number after the other: nothing waits for it, and Telnyx limits rates.
 * @returns how many releases ended how
 */
export async function releaseNumbers(
  dependencies: WorkerDependencies,
): Promise<Record<Result, number>> {
  const { ledger, log, now } = dependencies;
  const endsAt = now() + RUN_MILLISECONDS;
  const total = { gone: 0, failed: 0, interrupted: 0 };
  while (now() < endsAt) {
    const releases = await ledger.claim(BATCH);
    if (releases.length === 0) break;
    for (const release of releases) total[await attempt(release, dependencies)] += 1;
  }
  log("numbers_released", { ...total });
  return total;
}

async function attempt(release: Release, dependencies: WorkerDependencies): Promise<Result> {
  const { ledger, log } = dependencies;
  const result = await tryOnce(release, ledger, dependencies).catch((error) => {
    // Somebody else has it, or the lease will run out and somebody will: nothing to undo.
    const code = error instanceof AppError ? error.code : "internal_error";
    log("release_interrupted", { phone_number_id: release.phone_number_id, code });
    log("release_error", { error: describe(error) });
    return "interrupted" as const;
  });
  log("release", { phone_number_id: release.phone_number_id, result });
  return result;
}

async function tryOnce(
  release: Release,
  ledger: Ledger,
  dependencies: GiveBackDependencies,
): Promise<Result> {
  try {
    await giveBack(release, dependencies);
  } catch (error) {
    if (!(error instanceof CarrierError)) throw error;
    await ledger.recordFailure(release, error);
    return "failed";
  }
  await ledger.recordGone(release);
  return "gone";
}
