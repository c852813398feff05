import { type AgentWatch, createAgentWatch } from "../_shared/agent-watch.ts";
import type { RunInBackground } from "../_shared/background.ts";
import type { Budget } from "../_shared/budget.ts";
import { AppError } from "../_shared/errors.ts";
import { describe } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import type { DialAnswer } from "../_shared/outbound-call.ts";
import type { Telephony } from "../_shared/telephony.ts";
import { TelephonyError } from "../_shared/telephony-errors.ts";
import type { Calls, DialFailure } from "./calls.ts";
import { agentAndPermit } from "./agent-and-permit.ts";
import type { IntakeCall } from "./schema.ts";

export interface DialDependencies {
  calls: Calls;
  telephony: Telephony;
  delay: (milliseconds: number) => Promise<void>;
  runInBackground: RunInBackground;
  budget: Budget;
  log: Log;
}

const ROOM_MILLISECONDS = 3000;
const DATABASE_MILLISECONDS = 3000;
const DIAL_SECONDS = 5;

/**
 * Places the call of a permit: room, agent present, then the phone rings. Whatever fails, the room
 * is deleted, so that nothing dials later, and the row says why. Never tried again. Returns when
 * LiveKit has the call; how the phone is answered is followed in the background.
 */
export async function dial(call: IntakeCall, dependencies: DialDependencies): Promise<IntakeCall> {
  try {
    return await prepareAndDial(call, dependencies);
  } catch (error) {
    await giveUp(call, failureOf(error), dependencies, describe(error));
    throw error;
  }
}

async function prepareAndDial(
  call: IntakeCall,
  dependencies: DialDependencies,
): Promise<IntakeCall> {
  const { calls, telephony, budget } = dependencies;
  const allowed = telephony.encryptionFor("allow");
  await budget.wait(
    telephony.createRoom(call.room_name, call.id),
    ROOM_MILLISECONDS,
    "telephony_timeout",
  );
  const { permit, agent } = await agentAndPermit(call, dependencies);
  const dispatch = telephony.findDispatch(call.room_name).catch(() => null);
  const { sipCallId, answer } = await telephony.dial({
    roomName: call.room_name,
    callerId: permit.caller_id,
    callee: permit.callee,
    identity: `callee-${call.id}`,
    ringingSeconds: permit.ringing_seconds,
    maxCallMinutes: permit.max_call_minutes,
    mediaEncryption: permit.media_encryption === "allow" ? await allowed : permit.media_encryption,
    timeoutSeconds: Math.max(0.1, Math.min(DIAL_SECONDS, budget.remaining() / 1000)),
  });
  try {
    if (sipCallId === undefined) {
      throw new TelephonyError("telephony_timeout", "failed", "no answer in time");
    }
    return await budget.wait(
      calls.recordDialing(call.id, await dispatch, sipCallId),
      DATABASE_MILLISECONDS,
      "database_unavailable",
    );
  } finally {
    dependencies.runInBackground(() => follow(call, { answer, agent }, dependencies));
  }
}

/** Until LiveKit's last word of the call, and as long as somebody has to hear the patient. */
async function follow(
  call: IntakeCall,
  { answer, agent }: { answer: Promise<DialAnswer>; agent: Promise<string | undefined> },
  dependencies: DialDependencies,
): Promise<void> {
  const { calls, telephony, delay, log } = dependencies;
  const watch = createAgentWatch({ id: call.id, roomName: call.room_name }, {
    rooms: telephony,
    hangUp: calls.hangUp,
    delay,
    log,
  }, await agent);
  await Promise.all([watch.run(), followAnswer(call, answer, watch, dependencies)]);
}

/**
 * The answer to the dial, which no webhook tells: the SIP status, the moment of the answer. Should
 * this end before it comes, webhooks and the sweep tell the rest.
 */
async function followAnswer(
  call: IntakeCall,
  answer: Promise<DialAnswer>,
  watch: AgentWatch,
  dependencies: DialDependencies,
): Promise<void> {
  const { calls, telephony, log } = dependencies;
  const told = await answer;
  if (told.kind === "failed") {
    return await giveUp(call, failureOf(told.error), dependencies, describe(told.error));
  }
  if (told.kind === "unknown") {
    return log("call_not_followed", { call_id: call.id, failure: told.error.failure });
  }
  log("call_answered", { call_id: call.id });
  try {
    if (!await calls.recordAnswered(call.id, told.at)) await telephony.deleteRoom(call.room_name);
  } catch (error) {
    log("call_not_recorded", { call_id: call.id, error: describe(error) });
  }
  // The patient is there now: is the agent still?
  await watch.look().catch((error) =>
    log("agent_not_looked_for", { call_id: call.id, error: describe(error) })
  );
}

async function giveUp(
  call: IntakeCall,
  failure: DialFailure,
  { calls, telephony, log }: DialDependencies,
  error: string,
): Promise<void> {
  log("call_failed", { call_id: call.id, code: failure.code, failure: failure.failure, error });
  await Promise.all([
    // Should it fail, the sweep deletes it again; LiveKit closes an empty room after a minute.
    telephony.deleteRoom(call.room_name).catch((cause) =>
      log("room_not_deleted", { call_id: call.id, error: describe(cause) })
    ),
    calls.recordFailed(call.id, failure).catch((cause) =>
      log("call_not_recorded", { call_id: call.id, error: describe(cause) })
    ),
  ]);
}

function failureOf(error: unknown): DialFailure {
  if (error instanceof TelephonyError) {
    const { code, outcome, failure, isFinal, told } = error;
    const { sipStatus, redressUrl } = told;
    return { code, outcome, failure, isFinal, sipStatus, redressUrl };
  }
  const code = error instanceof AppError ? error.code : "internal_error";
  return { code, outcome: "failed" };
}
