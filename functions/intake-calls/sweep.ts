import { requireNudgeSecret } from "../_shared/credentials.ts";
import type { RunInBackground } from "../_shared/background.ts";
import { describe, json, type RequestContext } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import type { Telephony } from "../_shared/telephony.ts";
import type { Calls } from "./calls.ts";
import type { CallToCheck } from "./schema.ts";

export interface SweepDependencies {
  calls: Calls;
  telephony: Telephony;
  /** The secrets that Postgres may send. */
  secrets: (string | undefined)[];
  runInBackground: RunInBackground;
}

/**
 * POST /functions/v1/intake-calls/sweep, from Postgres: asks LiveKit after calls of which nobody has
 * told the end, and deletes the rooms of failed ones once more. Answers 202 and works on.
 */
export async function sweep(
  request: Request,
  dependencies: SweepDependencies,
  { log }: RequestContext,
): Promise<Response> {
  await requireNudgeSecret(request, dependencies.secrets);
  dependencies.runInBackground(() => checkCalls(dependencies, log));
  return json(202, { status: "accepted" });
}

async function checkCalls({ calls, telephony }: SweepDependencies, log: Log): Promise<void> {
  try {
    const due = await calls.claimToCheck();
    await Promise.all(due.map((call) => check(call, calls, telephony, log)));
  } catch (error) {
    log("sweep_failed", { error: describe(error) });
  }
}

async function check(
  { call_id, room_name, has_failed }: CallToCheck,
  calls: Calls,
  telephony: Telephony,
  log: Log,
): Promise<void> {
  try {
    if (has_failed) {
      await telephony.deleteRoom(room_name);
    } else if (!await telephony.isInRoom(room_name, `callee-${call_id}`)) {
      await calls.recordLost(call_id);
      log("call_lost", { call_id });
    }
  } catch (error) {
    // LiveKit cannot be asked now: the call comes up again.
    log("call_not_checked", { call_id, error: describe(error) });
  }
}
