import { z } from "zod";
import type { CallDatabase } from "../../functions/_shared/database.ts";

const purchase = z.object({
  status: z.enum(["asked", "planned", "ordering", "ordered", "owned", "failed", "cancelled"]),
  error_class: z.string().nullable(),
  error: z.string().nullable(),
  area_code: z.string().nullable(),
  monthly_cost: z.string(),
});

const statusSchema = z.object({
  now: z.string(),
  owned: z.number(),
  available: z.number(),
  in_flight: z.number(),
  waiting: z.number(),
  /** All numbers, owned and on order, whatever their area code. */
  numbers: z.number(),
  max_numbers: z.number(),
  /** What this calendar month costs already, on order included, and what it may. */
  committed: z.string(),
  monthly_budget: z.string(),
  expected_cost: z.string(),
  initial_size: z.number(),
  purchases: z.array(purchase),
});

export type Status = z.output<typeof statusSchema>;
export type FollowedPurchase = z.output<typeof purchase>;

/** How things stand; `since`: with the purchases that were under way then or later. */
export function readStatus(
  call: CallDatabase,
  areaCode: string | null,
  since: string | null = null,
): Promise<Status> {
  return call("buying_status", { p_area_code: areaCode, p_since: since }, statusSchema);
}
