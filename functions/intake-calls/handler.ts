import { parseDestination } from "../_shared/destination.ts";
import { AppError, ERRORS, isErrorCode } from "../_shared/errors.ts";
import {
  createResponder,
  type Handler,
  json,
  readText,
  type RequestContext,
  requireMethod,
} from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import type { Telephony } from "../_shared/telephony.ts";
import type { Authenticate } from "../_shared/users.ts";
import type { Calls } from "./calls.ts";
import { dial } from "./dial.ts";
import {
  type IntakeCall,
  type IntakeCallRequest,
  intakeCallRequest,
  type IntakeCallResponse,
} from "./schema.ts";

export interface IntakeCallsDependencies {
  authenticate: Authenticate;
  calls: Calls;
  telephony: Telephony;
  hasAgent: boolean;
  delay: (milliseconds: number) => Promise<void>;
  createLog: (requestId: string) => Log;
}

const REPLAY_POLLS = 40;
const REPLAY_POLL_MILLISECONDS = 400;

/**
 * POST /functions/v1/intake-calls: calls a patient from the organization's own number.
 * 202 with what was queued; 200 with the first answer for a repetition; `{ detail, code,
 * request_id }` for everything else.
 */
export function createHandler(dependencies: IntakeCallsDependencies): Handler {
  return createResponder(dependencies.createLog, async (request, context) => {
    requireMethod(request, "POST");
    const caller = await dependencies.authenticate(request);
    const body = await readBody(request);
    const opened = await dependencies.calls.open({
      body,
      intakeId: body.intake_id ?? crypto.randomUUID(),
      callee: parseDestination(body.phone_number),
      claims: caller.kind === "user" ? caller.claims : null,
      requestId: context.requestId,
    });
    throwIfEnded(opened);
    return opened.request_id === context.requestId
      ? await place(opened, dependencies, context)
      : json(200, toResponse(await firstAnswer(opened, dependencies)));
  });
}

async function place(
  call: IntakeCall,
  dependencies: IntakeCallsDependencies,
  { log }: RequestContext,
): Promise<Response> {
  const placed = await dial(call, { ...dependencies, log });
  log("call_queued", { call_id: call.id, caller_id: placed.caller_id });
  return json(202, toResponse(placed));
}

/** The first request with this intake_id may still be dialling: this one waits for its answer. */
async function firstAnswer(
  call: IntakeCall,
  { calls, delay }: IntakeCallsDependencies,
): Promise<IntakeCall> {
  let current = call;
  for (let poll = 0; current.sip_call_id === null && poll < REPLAY_POLLS; poll++) {
    await delay(REPLAY_POLL_MILLISECONDS);
    current = await calls.get(call.id);
    throwIfEnded(current);
  }
  return current;
}

async function readBody(request: Request): Promise<IntakeCallRequest> {
  const text = await readText(request);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new AppError("invalid_json");
  }
  const parsed = intakeCallRequest.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 5)
    .map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  throw new AppError("invalid_request", problems.join("; "));
}

function throwIfEnded(call: IntakeCall): void {
  if (call.status !== "refused" && call.status !== "failed") return;
  const code = call.reason !== null && isErrorCode(call.reason) ? call.reason : "internal_error";
  throw new AppError(code, ERRORS[code].message);
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
