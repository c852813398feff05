import { z } from "zod";
import type { CallDatabase } from "../_shared/database.ts";
import { AppError, type ErrorCode } from "../_shared/errors.ts";
import type { DialOutcome } from "../_shared/telephony-errors.ts";
import {
  type CallToCheck,
  callToCheck,
  type DialPermit,
  dialPermit,
  type IntakeCall,
  intakeCall,
  type IntakeCallRequest,
} from "./schema.ts";
import { type IntakeCallState, intakeCallState } from "./state.ts";

export interface OpenRequest {
  body: IntakeCallRequest;
  intakeId: string;
  callee: string;
  /** The verified claims of a signed-in user; null for the backend. */
  claims: Record<string, unknown> | null;
  requestId: string;
}

export interface DialFailure {
  code: ErrorCode;
  outcome: DialOutcome;
  failure?: string;
  sipStatus?: number;
  /** LiveKit is certain that there is no call. */
  isFinal?: boolean;
  /** Where a block can be contested. */
  redressUrl?: string;
}

/** Which call is meant; roomName: only if it is that room's. */
export interface CallReference {
  call: string;
  organizationId?: string;
  roomName?: string;
}

/** The calls in the database, which decides whether one may be made and with which caller ID. */
export interface Calls {
  open(request: OpenRequest): Promise<IntakeCall>;
  get(callId: string): Promise<IntakeCall>;
  /** How a call stands, for the backend, a user (claims) or the agent of its room. */
  read(
    reference: CallReference,
    claims: Record<string, unknown> | null,
  ): Promise<IntakeCallState>;
  /** Uses the permit; AppError permit_expired when it cannot be used (any more). */
  start(callId: string): Promise<DialPermit>;
  recordDialing(callId: string, dispatchId: string | null, sipCallId: string): Promise<IntakeCall>;
  recordFailed(callId: string, failure: DialFailure): Promise<void>;
  /** Whether the call goes on: it had not been given up before. */
  recordAnswered(callId: string, at: Date): Promise<boolean>;
  report(
    reference: CallReference,
    event: "answered" | "ended",
    details: { at?: string; outcome?: string },
  ): Promise<IntakeCall>;
  /** Returns until when the number is suppressed: the call's, and `callee` if it is given. */
  optOut(
    reference: CallReference,
    recordedBy: string,
    claims: Record<string, unknown> | null,
    callee?: string,
  ): Promise<string>;
  claimToCheck(): Promise<CallToCheck[]>;
  recordLost(callId: string): Promise<void>;
  /** Writes down that the call is hung up, before it is; false: the phone is no longer up. */
  hangUp(callId: string, reason: "agent_left"): Promise<boolean>;
}

const suppressed = z.object({ expires_at: z.string() });

export function createCalls(call: CallDatabase): Calls {
  return {
    open: async (request) => call("open_intake_call", await openParameters(request), intakeCall),
    get: (callId) => call("get_intake_call", { p_call_id: callId }, intakeCall),
    read: (reference, claims) =>
      call("read_intake_call", {
        ...referenceParameters(reference),
        p_claims: claims,
      }, intakeCallState),
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
    recordFailed: async (callId, { code, outcome, failure, sipStatus, isFinal, redressUrl }) => {
      await call("record_intake_call", {
        p_call_id: callId,
        p_status: outcome,
        p_reason: code,
        p_failure: failure ?? null,
        p_sip_status: sipStatus ?? null,
        p_is_final: isFinal ?? false,
        p_redress_url: redressUrl ?? null,
      }, z.unknown());
    },
    recordAnswered: async (callId, at) => {
      const { dial_error } = await call("record_intake_call", {
        p_call_id: callId,
        p_status: "answered",
        p_at: at.toISOString(),
      }, intakeCall);
      return dial_error === null;
    },
    report: (reference, event, { at, outcome }) =>
      call("report_intake_call", {
        ...referenceParameters(reference),
        p_event: event,
        p_outcome: outcome ?? null,
        p_at: at ?? null,
      }, intakeCall),
    optOut: async (reference, recordedBy, claims, callee) => {
      const row = await call("opt_out_intake_call", {
        ...referenceParameters(reference),
        p_recorded_by: recordedBy,
        p_claims: claims,
        p_phone_number: callee ?? null,
      }, suppressed);
      return row.expires_at;
    },
    claimToCheck: () => call("claim_calls_to_check", { p_limit: 10 }, z.array(callToCheck)),
    hangUp: (callId, reason) =>
      call("hang_up_intake_call", { p_call_id: callId, p_reason: reason }, z.boolean()),
    recordLost: async (callId) => {
      await call("record_intake_call_lost", { p_call_id: callId }, z.unknown());
    },
  };
}

async function openParameters({ body, callee, ...request }: OpenRequest) {
  return {
    p_organization_id: body.organization_id,
    p_patient_id: body.patient_id,
    p_phone_number: callee,
    p_intake_id: request.intakeId,
    p_request_hash: await hashRequest(body, callee),
    p_metadata: body.metadata ?? {},
    p_claims: request.claims,
    p_request_id: request.requestId,
    p_time_zone: body.time_zone ?? null,
  };
}

function referenceParameters({ call, organizationId, roomName }: CallReference) {
  return {
    p_call: call,
    p_organization_id: organizationId ?? null,
    p_room_name: roomName ?? null,
  };
}

/** The same request has the same hash, however its JSON was written. */
async function hashRequest(body: IntakeCallRequest, callee: string): Promise<string> {
  const ids = [body.organization_id, body.patient_id].map((id) => id.toLowerCase());
  const parts = [...ids, callee, body.time_zone ?? null, sorted(body.metadata ?? {})];
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return { entries: entries.map(([key, inner]) => [key, sorted(inner)]) };
}
