import { z } from "zod";
import { amount, areaCode, numberStatus } from "./values.ts";
import { operations } from "./operations.ts";

const milliseconds = z.number().nonnegative();
const anyOperation = z.enum([...operations, "*"]);
const search = z.literal("available_phone_numbers.list");
const order = z.literal("number_orders.create");
const lists = z.enum([
  "available_phone_numbers.list",
  "number_orders.list",
  "phone_numbers.list",
  "phone_numbers.slim_list",
  "phone_numbers.verify_ownership",
  "detail_records.list",
]);
const records = z.literal("detail_records.list");
const webhook = z.literal("webhooks.send");

const common = {
  /** Applies this often and is then gone; left out: always. */
  times: z.int().positive().optional(),
  /** Applies to this share of the requests, drawn from the seeded generator. */
  probability: z.number().min(0).max(1).optional(),
};

/** Before: the work is not done. After: it is done, and only its answer is lost or replaced. */
const when = z.enum(["before", "after"]).default("before");

function fault<
  Kind extends string,
  Operations extends z.ZodType,
  Parameters extends z.ZodRawShape,
>(kind: Kind, operation: Operations, parameters: Parameters) {
  return z.strictObject({ operation, kind: z.literal(kind), ...common, ...parameters });
}

/**
 * With `work_delay_ms` the client loses the connection first and the work is done that much later:
 * a look at the orders in between finds nothing.
 */
const lost = { when, work_delay_ms: milliseconds.optional() };

export const faultSchema = z.discriminatedUnion("kind", [
  fault("latency", anyOperation, { ms: milliseconds }),
  fault("timeout", anyOperation, lost),
  fault("reset", anyOperation, lost),
  fault("rate_limited", anyOperation, { when, reset_seconds: z.int().nonnegative().default(1) }),
  fault("server_error", anyOperation, {
    when,
    status: z.union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)]).default(500),
    /** A proxy's page in the place of Telnyx's envelope. */
    html: z.boolean().default(false),
  }),
  fault("unauthorized", anyOperation, {}),
  fault("bad_request", anyOperation, { when }),
  fault("conflict", anyOperation, { when }),
  /** Of one request's own parameters; with `area_codes` only where such numbers are asked for. */
  fault("refused", anyOperation, {
    status: z.union([z.literal(400), z.literal(404), z.literal(422)]),
    code: z.string(),
    area_codes: z.array(areaCode).optional(),
  }),
  fault("insufficient_funds", order, {}),
  fault("none_found", search, {}),
  fault("empty_result", search, {}),
  fault("redacted_numbers", search, {}),
  /** Entries that are not as documented, before and among those that are. */
  fault("odd_entries", lists, {}),
  /**
   * Toronto, toll-free, premium and voiceless numbers before what was asked for, all for sale; or
   * records of all times and types.
   */
  fault("filters_ignored", z.enum(["available_phone_numbers.list", "detail_records.list"]), {}),
  /** Every page is the first one. */
  fault("pages_do_not_advance", records, {}),
  /** What the numbers of this search cost; that is what they are charged, too. */
  fault("prices", search, { monthly_cost: amount, upfront_cost: amount }),
  /** Stays so until the inventory is set again. */
  fault("inventory_exhausted", search, {}),
  /** The ordered number belongs to another customer from now on. */
  fault("number_taken", order, { as: z.enum(["conflict", "bad_request"]).default("conflict") }),
  /** Without `ms`: for ever, or until the control settles the orders. */
  fault("order_pending", order, { ms: milliseconds.optional() }),
  /** With `taken` the numbers belong to another customer, else they are for sale again. */
  fault("order_failed", order, { taken: z.boolean().default(false) }),
  /** Telnyx does not document what the order itself says when some of its lines fail. */
  fault("partial_failure", order, {
    failed_lines: z.int().positive().default(1),
    order_status: z.enum(["success", "failure"]).default("success"),
    taken: z.boolean().default(false),
  }),
  /** The order ends with this word, which is none that Telnyx documents. */
  fault("order_ends_as", order, { status: z.string().min(1), buys: z.boolean().default(false) }),
  /** The number comes into the account like this; without `ms` it stays so. */
  fault("not_active", order, {
    status: numberStatus.default("purchase-pending"),
    ms: milliseconds.optional(),
  }),
  /** The number comes into the account on this connection, or on none. */
  fault("wrong_connection", order, { connection_id: z.string().nullable().default(null) }),
  /** What was bought a moment ago is not there yet: nothing is found. */
  fault("not_visible", z.enum(["number_orders.list", "phone_numbers.verify_ownership"]), {}),
  /** What was there before the latest change. */
  fault(
    "stale",
    z.enum(["phone_numbers.voice.retrieve", "phone_numbers.voice.list"]),
    {},
  ),
  /** Answers as if deleted, and keeps the number. */
  fault("delete_does_not_stick", z.literal("phone_numbers.delete"), {}),
  fault("webhook_lost", webhook, {}),
  fault("webhook_duplicated", webhook, { copies: z.int().min(2).default(2) }),
  fault("webhook_late", webhook, { ms: milliseconds }),
  fault("webhook_wrongly_signed", webhook, {}),
]);

export type Fault = z.output<typeof faultSchema>;
/** A fault as it is asked for: parameters with a default may be left out. */
export type FaultRequest = z.input<typeof faultSchema>;
export type FaultOf<Kind extends Fault["kind"]> = Extract<Fault, { kind: Kind }>;
