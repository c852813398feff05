import { z } from "zod";

/** A number to be deleted at Telnyx, as claim_number_releases returns it. */
export const releaseSchema = z.object({
  phone_number_id: z.guid(),
  claim_token: z.guid(),
  phone_number: z.string().regex(/^\+[1-9]\d{6,14}$/),
  telnyx_phone_number_id: z.string().min(1),
  purchase_id: z.guid().nullable(),
});

export type Release = z.output<typeof releaseSchema>;
