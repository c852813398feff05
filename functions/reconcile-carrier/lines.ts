import { type CarrierLines, createCarrierLines } from "../_shared/carrier-lines.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import { askTelnyx, type TelnyxConfig } from "../_shared/ask-telnyx.ts";
import type { CallDatabase } from "../_shared/database.ts";
import { AppError } from "../_shared/errors.ts";
import { describe } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { createLineLedger, LEASE_SECONDS, type LineLedger } from "./line-ledger.ts";
import type { ClaimedLine } from "./schema.ts";

export interface LineDependencies {
  carrier: CarrierLines;
  ledger: LineLedger;
  log: Log;
  now: () => number;
}

type Result = "asked" | "failed" | "limited" | "interrupted";

// Below half of the free plan's 150 s, after which an isolate is retired:
// https://supabase.com/docs/guides/functions/limits
const RUN_MILLISECONDS = 55_000;
const BATCH = 10;
/** One after the other: one line may be odd, after that many it is Telnyx. */
const MOST_FAILURES = 3;

/** Makes lines at Telnyx what they must be, and keeps a record of every request made there. */
export function createFollowLines(call: CallDatabase, config: TelnyxConfig) {
  const ledger = createLineLedger(call);
  return (log: Log): Promise<void> =>
    askTelnyx(call, config, log, async (options) => {
      const carrier = createCarrierLines(options);
      await followLines({ carrier, ledger, log, now: () => performance.now() });
    });
}

/**
 * Asks Telnyx about lines that are due, until none is, the time is up, or Telnyx limits the rate or
 * does not answer; the sweep starts the next run.
 * @returns how many lines ended how
 */
export async function followLines(
  dependencies: LineDependencies,
): Promise<Record<Result, number>> {
  const { ledger, log, now } = dependencies;
  const endsAt = now() + RUN_MILLISECONDS;
  const total = { asked: 0, failed: 0, limited: 0, interrupted: 0 };
  let failures = 0;
  for (let isFirst = true; now() < endsAt && failures < MOST_FAILURES; isFirst = false) {
    const claimedAt = now();
    const lines = await ledger.claim(BATCH, isFirst);
    if (lines.length === 0) break;
    for (const line of lines) {
      // What is left of the lease is for its answer: a request that is sent later than the database
      // thinks possible could reach the number's next holder.
      if (failures >= MOST_FAILURES || now() - claimedAt > LEASE_SECONDS * 500) break;
      const result = await attempt(line, dependencies);
      total[result] += 1;
      failures =
        { asked: 0, failed: failures + 1, interrupted: failures, limited: Infinity }[result];
    }
  }
  log("lines_followed", { ...total });
  return total;
}

async function attempt(line: ClaimedLine, dependencies: LineDependencies): Promise<Result> {
  const { log } = dependencies;
  try {
    return await tryOnce(line, dependencies);
  } catch (error) {
    // Another worker has it, or the lease runs out and the next one asks: nothing to undo.
    const code = error instanceof AppError ? error.code : "internal_error";
    log("line_interrupted", {
      phone_number_id: line.phone_number_id,
      code,
      error: describe(error),
    });
    return "interrupted";
  }
}

async function tryOnce(
  line: ClaimedLine,
  { carrier, ledger, log }: LineDependencies,
): Promise<Result> {
  const { telnyx_phone_number_id: id, phone_number_id } = line;
  try {
    if (!line.is_look) {
      const wanted = { forwardTo: line.forward_to, callerName: line.caller_name };
      await carrier.update(id, wanted, line.is_named);
    }
    // The answer to the update says what was asked for; this says what is there.
    await ledger.record(line, await carrier.get(id, line.phone_number));
    return "asked";
  } catch (error) {
    if (!(error instanceof CarrierError)) throw error;
    log("line_failed", { phone_number_id, error: error.message });
    await ledger.recordFailure(line, error);
    return error.errorClass === "rate_limited" ? "limited" : "failed";
  }
}
