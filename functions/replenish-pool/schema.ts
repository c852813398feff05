import { z } from "zod";

/** What the worker needs of a row of phone_pool.purchases. */
export const purchaseSchema = z.object({
  id: z.guid(),
  claim_token: z.guid(),
  status: z.enum(["planned", "ordering", "ordered"]),
  area_code: z.string().nullable(),
  phone_number: z.string().nullable(),
  telnyx_order_id: z.string().nullable(),
  attempts: z.number(),
});

export type Purchase = z.output<typeof purchaseSchema>;

/** A purchase that is ours until `leaseEndsAt`, by the worker's own clock. */
export interface ClaimedPurchase extends Purchase {
  leaseEndsAt: number;
}
