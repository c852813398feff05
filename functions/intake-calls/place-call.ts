import type { RunInBackground } from "../_shared/background.ts";
import { createBudget } from "../_shared/budget.ts";
import { parseDestination } from "../_shared/destination.ts";
import { AppError } from "../_shared/errors.ts";
import { json, type RequestContext } from "../_shared/http.ts";
import type { Telephony } from "../_shared/telephony.ts";
import type { Authenticate } from "../_shared/users.ts";
import { readBody } from "./body.ts";
import type { Calls } from "./calls.ts";
import { dial } from "./dial.ts";
import { errorOf, type IntakeCall, intakeCallRequest, type IntakeCallResponse } from "./schema.ts";
import { type IntakeCallRepetition } from "./state.ts";

export interface PlaceCallDependencies {
  authenticate: Authenticate;
  calls: Calls;
  telephony: Telephony;
  delay: (milliseconds: number) => Promise<void>;
  runInBackground: RunInBackground;
}

const REPLAY_POLL_MILLISECONDS = 400;
// Beside waiting for the agent. What deleting the room may take comes on top.
const REQUEST_MILLISECONDS = 10_000;

/** POST /functions/v1/intake-calls: 202 with what was queued; 200, as it is now, if it was sent before. */
export async function placeCall(
  request: Request,
  dependencies: PlaceCallDependencies,
  context: RequestContext,
): Promise<Response> {
  const caller = await dependencies.authenticate(request);
  const body = await readBody(request, intakeCallRequest);
  const opened = await dependencies.calls.open({
    body,
    intakeId: body.intake_id ?? crypto.randomUUID(),
    callee: parseDestination(body.phone_number),
    claims: caller.kind === "user" ? caller.claims : null,
    requestId: context.requestId,
  });
  throwIfEnded(opened);
  if (opened.request_id !== context.requestId) {
    return json(200, await asItIsNow(await firstAnswer(opened, dependencies), body, dependencies));
  }
  const budget = createBudget(mostMilliseconds(opened));
  const placed = await dial(opened, { ...dependencies, budget, log: context.log });
  context.log("call_queued", { call_id: opened.id, from: placed.caller_id });
  return json(202, toResponse(placed));
}

/** The first request with this intake_id may still be dialling: this one waits for its answer. */
async function firstAnswer(
  call: IntakeCall,
  { calls, delay }: PlaceCallDependencies,
): Promise<IntakeCall> {
  const polls = mostMilliseconds(call) / REPLAY_POLL_MILLISECONDS;
  let current = call;
  for (let poll = 0; current.sip_call_id === null && poll < polls; poll++) {
    await delay(REPLAY_POLL_MILLISECONDS);
    current = await calls.get(call.id);
    throwIfEnded(current);
  }
  return current;
}

const mostMilliseconds = ({ agent_wait_seconds }: IntakeCall) =>
  agent_wait_seconds * 1000 + REQUEST_MILLISECONDS;

async function asItIsNow(
  call: IntakeCall,
  { organization_id }: { organization_id: string },
  { calls }: PlaceCallDependencies,
): Promise<IntakeCallRepetition> {
  const { dispatch_id, room_name, sip_call_id } = toResponse(call);
  const state = await calls.read({ call: call.intake_id, organizationId: organization_id }, null);
  return { ...state, dispatch_id, room_name, sip_call_id };
}

function throwIfEnded(call: IntakeCall): void {
  const code = errorOf(call);
  if (code === undefined) return;
  throw new AppError(code, call.reason_detail ?? undefined, {
    retryAt: call.retry_at,
    retryAfterSeconds: call.retry_after_seconds,
  });
}

function toResponse(call: IntakeCall): IntakeCallResponse {
  if (call.caller_id === null || call.sip_call_id === null) throw new AppError("call_in_progress");
  return {
    status: "queued",
    intake_id: call.intake_id,
    dispatch_id: call.dispatch_id,
    caller_id: call.caller_id,
    room_name: call.room_name,
    sip_call_id: call.sip_call_id,
  };
}
