import { AppError, type ErrorCode } from "../_shared/errors.ts";
import { describe } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import type { Telephony } from "../_shared/telephony.ts";
import type { Calls } from "./calls.ts";
import type { IntakeCall } from "./schema.ts";

export interface DialDependencies {
  calls: Calls;
  telephony: Telephony;
  /** Whether an agent is to join the call. */
  hasAgent: boolean;
  delay: (milliseconds: number) => Promise<void>;
  log: Log;
}

const AGENT_POLLS = 20;
const AGENT_POLL_MILLISECONDS = 250;

/**
 * Places the call of a permit: room, agent present, then the phone rings. Whatever fails, the room
 * is deleted, so that nothing dials later, and the row says why. Never tried again.
 */
export async function dial(call: IntakeCall, dependencies: DialDependencies): Promise<IntakeCall> {
  const { calls, telephony, log } = dependencies;
  try {
    await telephony.createRoom(call.room_name);
    const dispatchId = dependencies.hasAgent ? await bringAgent(call, dependencies) : null;
    // Last before the phone rings: the number may have left the organization in the meantime.
    const permit = await calls.start(call.id);
    const sipCallId = await telephony.dial({
      roomName: call.room_name,
      callerId: permit.caller_id,
      callee: permit.callee,
      identity: `callee-${call.id}`,
      ringingSeconds: permit.ringing_seconds,
      maxCallMinutes: permit.max_call_minutes,
    });
    return await calls.recordDialing(call.id, dispatchId, sipCallId);
  } catch (error) {
    const code: ErrorCode = error instanceof AppError ? error.code : "internal_error";
    log("call_failed", { call_id: call.id, code, error: describe(error) });
    await Promise.all([
      telephony.deleteRoom(call.room_name).catch((failure) =>
        log("room_not_deleted", { call_id: call.id, error: describe(failure) })
      ),
      calls.recordFailed(call.id, code).catch((failure) =>
        log("call_not_recorded", { call_id: call.id, error: describe(failure) })
      ),
    ]);
    throw error;
  }
}

/** Dispatching succeeds even if no agent of that name is running: whoever answers hears silence. */
async function bringAgent(call: IntakeCall, dependencies: DialDependencies): Promise<string> {
  const { telephony, delay } = dependencies;
  const dispatchId = await telephony.dispatchAgent(call.room_name, call.id);
  for (let poll = 0; poll < AGENT_POLLS; poll++) {
    if (await telephony.isAgentPresent(call.room_name, dispatchId)) return dispatchId;
    await delay(AGENT_POLL_MILLISECONDS);
  }
  throw new AppError("agent_unavailable");
}
