import { z } from "zod";
import type { CallDatabase } from "../_shared/database.ts";
import { AppError } from "../_shared/errors.ts";
import {
  type DialPermit,
  dialPermit,
  type IntakeCall,
  intakeCall,
  type IntakeCallRequest,
} from "./schema.ts";

export interface OpenRequest {
  body: IntakeCallRequest;
  intakeId: string;
  callee: string;
  /** The verified claims of a signed-in user; null for the backend. */
  claims: Record<string, unknown> | null;
  requestId: string;
}

/** The calls in the database, which decides whether one may be made and with which caller ID. */
export interface Calls {
  open(request: OpenRequest): Promise<IntakeCall>;
  get(callId: string): Promise<IntakeCall>;
  /** Uses the permit; AppError permit_expired when it cannot be used (any more). */
  start(callId: string): Promise<DialPermit>;
  recordDialing(callId: string, dispatchId: string | null, sipCallId: string): Promise<IntakeCall>;
  recordFailed(callId: string, reason: string): Promise<void>;
}

export function createCalls(call: CallDatabase): Calls {
  return {
    open: async ({ body, intakeId, callee, claims, requestId }) =>
      await call("open_intake_call", {
        p_organization_id: body.organization_id,
        p_patient_id: body.patient_id,
        p_phone_number: callee,
        p_intake_id: intakeId,
        p_request_hash: await hashRequest(body, callee),
        p_metadata: body.metadata ?? {},
        p_claims: claims,
        p_request_id: requestId,
      }, intakeCall),
    get: (callId) => call("get_intake_call", { p_call_id: callId }, intakeCall),
    start: async (callId) => {
      const permits = await call("start_intake_call", { p_call_id: callId }, z.array(dialPermit));
      const permit = permits[0];
      if (!permit) throw new AppError("permit_expired");
      return permit;
    },
    recordDialing: (callId, dispatchId, sipCallId) =>
      call("record_intake_call", {
        p_call_id: callId,
        p_status: "dialing",
        p_dispatch_id: dispatchId,
        p_sip_call_id: sipCallId,
      }, intakeCall),
    recordFailed: async (callId, reason) => {
      await call("record_intake_call", {
        p_call_id: callId,
        p_status: "failed",
        p_reason: reason,
      }, z.unknown());
    },
  };
}

/** The same request has the same hash, however its JSON was written. */
async function hashRequest(body: IntakeCallRequest, callee: string): Promise<string> {
  const parts = [body.organization_id, body.patient_id, callee, sorted(body.metadata ?? {})];
  const bytes = new TextEncoder().encode(JSON.stringify(parts).toLowerCase());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, inner]) => [key, sorted(inner)]);
}
