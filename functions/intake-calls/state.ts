import { z } from "zod";

export const intakeId = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/);
export const organizationId = z.guid();

export const CALL_STATUSES = [
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

const moment = z.iso.datetime({ offset: true });

/** Answer to GET /functions/v1/intake-calls/{intake_id}. */
export const intakeCallState = z.strictObject({
  call_id: z.guid(),
  intake_id: intakeId,
  organization_id: organizationId,
  status: z.enum(CALL_STATUSES),
  outcome: z.enum(CALL_STATUSES).nullable().meta({
    description: "How it ended: the status that it has kept since. Null while it goes on.",
  }),
  caller_id: z.string().meta({ description: "The number that the patient sees." }),
  attempt: z.int().positive().meta({
    description: "1 for the organization's first call to this patient in seven days.",
  }),
  created_at: moment,
  dialing_at: moment.nullable(),
  answered_at: moment.nullable(),
  ended_at: moment.nullable(),
  metadata: z.record(z.string(), z.unknown()),
  phone_number: z.string().optional().meta({
    description: "The patient's; only for the agent, and only with settings.agent_sees_callee.",
  }),
});
export type IntakeCallState = z.output<typeof intakeCallState>;

/** Answer 200 to a repetition: the call as it is now, with the ids of the first answer. */
export const intakeCallRepetition = intakeCallState.omit({ phone_number: true }).extend({
  dispatch_id: z.string().nullable(),
  room_name: z.string(),
  sip_call_id: z.string(),
});
export type IntakeCallRepetition = z.output<typeof intakeCallRepetition>;

/** The query of GET …/{intake_id}, from the backend and users. */
export const callQuery = z.object({ organization_id: organizationId });
