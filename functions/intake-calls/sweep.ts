import { createAgentWatch } from "../_shared/agent-watch.ts";
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
  delay: (milliseconds: number) => Promise<void>;
  /** The secrets that Postgres may send. */
  secrets: (string | undefined)[];
  runInBackground: RunInBackground;
}

const LOST_MILLISECONDS = 10_000;

/**
 * POST /functions/v1/intake-calls/sweep, from Postgres: looks after calls that are under way, ends
 * those that are to end, and deletes the rooms of failed ones once more. Answers 202 and works on.
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

async function checkCalls(dependencies: SweepDependencies, log: Log): Promise<void> {
  try {
    const due = await dependencies.calls.claimToCheck();
    await Promise.all(due.map((call) => check(call, dependencies, log)));
  } catch (error) {
    log("sweep_failed", { error: describe(error) });
  }
}

async function check(
  { call_id, room_name, action }: CallToCheck,
  { calls, telephony, delay }: SweepDependencies,
  log: Log,
): Promise<void> {
  try {
    if (action === "delete_room") return await telephony.deleteRoom(room_name);
    const { hasPhone } = await telephony.look(room_name, `callee-${call_id}`);
    if (!hasPhone) {
      // Its end may just be on its way here.
      await delay(LOST_MILLISECONDS);
      await calls.recordLost(call_id);
      return log("call_lost", { call_id });
    }
    if (action === "hang_up") {
      log("call_hung_up", { call_id });
      return await telephony.deleteRoom(room_name);
    }
    const call = { id: call_id, roomName: room_name };
    const watch = createAgentWatch(call, { rooms: telephony, hangUp: calls.hangUp, delay, log });
    await watch.run();
  } catch (error) {
    // LiveKit cannot be asked now: the call comes up again.
    log("call_not_checked", { call_id, error: describe(error) });
  }
}
