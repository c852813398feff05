import { z } from "zod";

/** A number of ours that Telnyx did not list. */
export const missingSchema = z.object({
  phone_number: z.string(),
  telnyx_phone_number_id: z.string().min(1),
});

/** A drift to heal at Telnyx, and what the number should have there. */
export const driftSchema = z.object({
  drift_id: z.number().int(),
  kind: z.enum(["unknown_at_carrier", "wrong_connection", "wrong_reference"]),
  phone_number: z.string(),
  telnyx_phone_number_id: z.string().min(1),
  customer_reference: z.string().nullable(),
  tag: z.string().nullable(),
});

/** A line to ask Telnyx about, as claim_lines returns it: what it must be there. */
export const claimedLineSchema = z.object({
  phone_number_id: z.guid(),
  claim_token: z.guid(),
  phone_number: z.string(),
  telnyx_phone_number_id: z.string().min(1),
  forward_to: z.string().nullable(),
  caller_name: z.string().nullable(),
  /** A name may stand there. */
  is_named: z.boolean(),
  /** Only to be looked at. */
  is_look: z.boolean(),
});

export type ClaimedLine = z.output<typeof claimedLineSchema>;
export type Missing = z.output<typeof missingSchema>;
export type Drift = z.output<typeof driftSchema>;
