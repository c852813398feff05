import { z } from "zod";
import { isErrorCode } from "../_shared/errors.ts";

/** What the caller may send along for the agent: stored with the call, never sent to LiveKit. */
const metadata = z.record(z.string(), z.json()).refine(
  (value) => JSON.stringify(value).length <= 8192,
  "is larger than 8 KiB",
).meta({ description: "For the agent: stored with the call, never sent to LiveKit. Up to 8 KiB." });

const intakeId = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/);
const organizationId = z.guid();

/** Body of POST /functions/v1/intake-calls. */
export const intakeCallRequest = z.strictObject({
  organization_id: organizationId,
  patient_id: z.guid(),
  phone_number: z.string().max(32).meta({
    description: "The patient's number: E.164, in the United States.",
    examples: ["+12125550123"],
  }),
  intake_id: intakeId.optional().meta({
    description: "Sent again with the same body, it is answered again and nobody is called twice.",
  }),
  time_zone: z.string().regex(/^[A-Za-z_/-]{1,40}$/).optional().meta({
    description: "Where the patient is (IANA name, United States); else the area code tells.",
    examples: ["America/Denver"],
  }),
  metadata: metadata.optional(),
});
export type IntakeCallRequest = z.output<typeof intakeCallRequest>;

/** Answer 202 to a new request, 200 to its repetition. */
export const intakeCallResponse = z.strictObject({
  status: z.literal("queued"),
  intake_id: intakeId,
  dispatch_id: z.string().nullable(),
  caller_id: z.string().meta({ description: "The number that the patient sees." }),
  room_name: z.string(),
  sip_call_id: z.string(),
});
export type IntakeCallResponse = z.output<typeof intakeCallResponse>;

/** Answer to everything that did not succeed. */
export const problem = z.strictObject({
  detail: z.string(),
  code: z.string(),
  request_id: z.guid(),
  retry_at: z.iso.datetime({ offset: true }).optional().meta({
    description: "When the request would be allowed; Retry-After has it in seconds.",
  }),
});

const at = z.iso.datetime({ offset: true }).optional().meta({
  description: "When it happened; now, if not given.",
});

const ofOrganization = {
  organization_id: organizationId.optional().meta({
    description: "Needed where several organizations use the same intake_id, and from users.",
  }),
};

/** Bodies of what the agent reports; all of it may be left out but the outcome. */
export const answeredReport = z.strictObject({ ...ofOrganization, at });
export const endedReport = z.strictObject({
  ...ofOrganization,
  at,
  outcome: z.enum([
    "completed",
    "voicemail",
    "wrong_person",
    "no_answer",
    "busy",
    "declined",
    "failed",
    "cancelled",
  ]).meta({
    description: "voicemail: a mailbox answered. wrong_person: somebody else, and no intake.",
  }),
});
export const optOutReport = z.strictObject(ofOrganization);

const CALL_STATUSES = [
  "queued",
  "dialing",
  "answered",
  "completed",
  "voicemail",
  "wrong_person",
  "no_answer",
  "busy",
  "declined",
  "blocked",
  "failed",
  "cancelled",
  "unknown",
] as const;

/** Answers to reports. */
export const callState = z.strictObject({ intake_id: intakeId, status: z.enum(CALL_STATUSES) });
export const suppression = z.strictObject({
  suppressed_until: z.iso.datetime({ offset: true }),
});

/** A row of phone_pool.intake_calls, as far as it is used here. */
export const intakeCall = z.object({
  id: z.guid(),
  intake_id: intakeId,
  status: z.enum([...CALL_STATUSES, "refused"]),
  reason: z.string().nullable(),
  dial_error: z.string().nullable(),
  caller_id: z.string().nullable(),
  room_name: z.string(),
  dispatch_id: z.string().nullable(),
  sip_call_id: z.string().nullable(),
  request_id: z.string().nullable(),
  retry_at: z.string().nullable(),
  retry_after_seconds: z.number().int().nullable(),
  agent_wait_seconds: z.number().int(),
});
export type IntakeCall = z.output<typeof intakeCall>;

/** The error that ended a call before LiveKit had it; undefined while it may still be had. */
export function errorOf({ status, reason, dial_error, sip_call_id }: IntakeCall) {
  if (sip_call_id !== null || ["queued", "dialing", "answered"].includes(status)) return undefined;
  const code = dial_error ?? (status === "refused" ? reason : "outcome_unknown") ?? "";
  return isErrorCode(code) ? code : "internal_error";
}

const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/);

/** What public.start_intake_call returns: permission to dial. */
export const dialPermit = z.object({
  caller_id: e164,
  callee: e164,
  ringing_seconds: z.number().int(),
  max_call_minutes: z.number().int(),
  media_encryption: z.enum(["require", "allow", "disable"]),
});
export type DialPermit = z.output<typeof dialPermit>;

/** What public.claim_calls_to_check returns. */
export const callToCheck = z.object({
  call_id: z.guid(),
  room_name: z.string(),
  action: z.enum(["watch", "hang_up", "delete_room"]),
});
export type CallToCheck = z.output<typeof callToCheck>;
