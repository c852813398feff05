import { z } from "zod";
import { E164_PATTERN } from "../_shared/destination.ts";
import { isErrorCode } from "../_shared/errors.ts";
import { CALL_STATUSES, intakeId, organizationId } from "./state.ts";
import { US_TIME_ZONES } from "./time-zones.ts";

/** What the caller may send along for the agent: stored with the call, never sent to LiveKit. */
const metadata = z.record(z.string(), z.unknown()).refine(
  (value) => JSON.stringify(value).length <= 8192,
  "is larger than 8 KiB",
).meta({
  description:
    "For the agent: stored with the call, never sent to LiveKit. Up to 8 KiB, without U+0000.",
});

/** Body of POST /functions/v1/intake-calls. */
export const intakeCallRequest = z.strictObject({
  organization_id: organizationId,
  patient_id: z.guid(),
  phone_number: z.string().max(32).meta({
    description: "The patient's number: E.164, in the United States.",
    pattern: E164_PATTERN,
    examples: ["+12125550123"],
  }),
  intake_id: intakeId.optional().meta({
    description: "Sent again with the same body, it is answered again and nobody is called twice.",
  }),
  time_zone: z.enum(
    US_TIME_ZONES,
    "is no IANA name of a time zone of the United States, such as " +
      "America/Denver",
  ).optional().meta({
    description: "Where the patient is (IANA name, United States); else the area code tells.",
    examples: ["America/Denver"],
  }),
  metadata: metadata.optional(),
});
export type IntakeCallRequest = z.output<typeof intakeCallRequest>;

/** Answer 202 to a new request. */
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

const at = z.iso.datetime({ offset: true }).transform((text, context) => {
  // In UTC: Postgres takes no offset of more than sixteen hours.
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  context.addIssue({ code: "custom", message: "is no moment" });
  return z.NEVER;
}).optional().meta({ description: "When it happened; now, if not given." });

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
/** Not strict: a stop is heard, whatever else is said with it. */
export const optOutReport = z.object({
  ...ofOrganization,
  phone_number: z.string().max(32).optional().meta({
    description: "The patient's number, E.164: suppressed even when the call is not found.",
    pattern: E164_PATTERN,
    examples: ["+12125550123"],
  }),
});
export type OptOutReport = z.output<typeof optOutReport>;

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
  reason_detail: z.string().nullable(),
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

/** What phone_pool_worker.start_intake_call returns: permission to dial. */
export const dialPermit = z.object({
  caller_id: e164,
  callee: e164,
  ringing_seconds: z.number().int(),
  max_call_minutes: z.number().int(),
  media_encryption: z.enum(["require", "allow", "disable"]),
});
export type DialPermit = z.output<typeof dialPermit>;

/** What phone_pool_worker.claim_calls_to_check returns. */
export const callToCheck = z.object({
  call_id: z.guid(),
  room_name: z.string(),
  action: z.enum(["watch", "hang_up", "delete_room"]),
});
export type CallToCheck = z.output<typeof callToCheck>;
