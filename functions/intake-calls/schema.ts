import { z } from "zod";

/** What the caller may send along for the agent: stored with the call, never sent to LiveKit. */
const metadata = z.record(z.string(), z.json()).refine(
  (value) => JSON.stringify(value).length <= 8192,
  "is larger than 8 KiB",
);

/** Body of POST /functions/v1/intake-calls. */
export const intakeCallRequest = z.strictObject({
  organization_id: z.guid(),
  patient_id: z.guid(),
  phone_number: z.string().max(32),
  intake_id: z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/).optional(),
  metadata: metadata.optional(),
});
export type IntakeCallRequest = z.output<typeof intakeCallRequest>;

/** Answer 202 to a new request, 200 to its repetition. */
export const intakeCallResponse = z.object({
  status: z.literal("queued"),
  intake_id: z.string(),
  dispatch_id: z.string().nullable(),
  caller_id: z.string(),
  room_name: z.string(),
  sip_call_id: z.string(),
});
export type IntakeCallResponse = z.output<typeof intakeCallResponse>;

/** A row of phone_pool.intake_calls. */
export const intakeCall = z.object({
  id: z.guid(),
  intake_id: z.string(),
  status: z.enum(["queued", "dialing", "failed", "refused"]),
  reason: z.string().nullable(),
  caller_id: z.string().nullable(),
  room_name: z.string(),
  dispatch_id: z.string().nullable(),
  sip_call_id: z.string().nullable(),
  request_id: z.string().nullable(),
});
export type IntakeCall = z.output<typeof intakeCall>;

/** What public.start_intake_call returns: permission to dial. */
export const dialPermit = z.object({
  caller_id: z.string().regex(/^\+[1-9]\d{6,14}$/),
  callee: z.string().regex(/^\+[1-9]\d{6,14}$/),
  ringing_seconds: z.number().int(),
  max_call_minutes: z.number().int(),
});
export type DialPermit = z.output<typeof dialPermit>;
