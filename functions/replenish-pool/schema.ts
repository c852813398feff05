import { z } from "zod";

/** How long a claim holds. */
export const LEASE_SECONDS = 90;

const time = z.coerce.date().transform((date) => date.getTime());

/** What the worker needs of a row of phone_pool.purchases that was just claimed. */
export const purchaseSchema = z.object({
  id: z.guid(),
  claim_token: z.guid(),
  status: z.enum(["planned", "ordering", "ordered"]),
  area_code: z.string().nullable(),
  phone_number: z.string().nullable(),
  telnyx_order_id: z.string().nullable(),
  attempts: z.number(),
  ordered_at: time.nullable(),
  lease_until: time,
}).transform(({ ordered_at, lease_until, ...purchase }) => ({
  ...purchase,
  /** For how many seconds Telnyx has had the order, by the database's clock; 0: it has none. */
  orderedFor: ordered_at === null ? 0 : (lease_until - ordered_at) / 1000 - LEASE_SECONDS,
}));

export type Purchase = z.output<typeof purchaseSchema>;

/** A purchase that is ours until `leaseEndsAt`, by the worker's own clock. */
export interface ClaimedPurchase extends Purchase {
  leaseEndsAt: number;
}
