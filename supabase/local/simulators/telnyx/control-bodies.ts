import { z } from "zod";
import { faultSchema } from "./fault-kinds.ts";
import { amount, e164, numberStatus } from "./values.ts";

/** Bodies of the control API. */
export const faultList = z.strictObject({ faults: z.array(faultSchema) });

export const settingsChange = z.strictObject({
  balance: amount.optional(),
  upfront_cost: amount.optional(),
  monthly_cost: amount.optional(),
  order_delay_ms: z.number().nonnegative().optional(),
  search_valid_ms: z.number().nonnegative().optional(),
  voice_delay_ms: z.number().nonnegative().optional(),
  taken_as: z.enum(["conflict", "bad_request"]).optional(),
  /** Null: webhooks are recorded only. */
  webhook_url: z.url().nullish(),
});
export type SettingsChange = z.infer<typeof settingsChange>;

export const numberToAdd = z.strictObject({
  phone_number: e164,
  connection_id: z.string().optional(),
  customer_reference: z.string().optional(),
  status: numberStatus.optional(),
  tags: z.array(z.string()).optional(),
});
export type NumberToAdd = z.infer<typeof numberToAdd>;

export const phoneNumberOnly = z.strictObject({ phone_number: e164 });
/** What is changed of a number behind everybody's back. */
export const numberChange = z.strictObject({
  status: numberStatus.optional(),
  connection_id: z.string().nullish(),
  customer_reference: z.string().nullish(),
  deletion_lock_enabled: z.boolean().optional(),
  /** "": no more. */
  forwards_to: z.union([e164, z.literal("")]).optional(),
  cnam_listing_details: z.string().max(15).optional(),
});
export type NumberChange = z.infer<typeof numberChange>;
export const someOrders = z.strictObject({ order_id: z.string().optional() });
export const oneOrder = z.strictObject({ order_id: z.string() });

export const call = z.strictObject({
  from: z.string(),
  to: z.string(),
  direction: z.enum(["incoming", "outgoing"]).optional(),
  connection_id: z.string().optional(),
  caller_id_name: z.string().optional(),
});
