import { z } from "zod";
import { carrierId, entries, optionalText, readEntries, type Skip } from "./carrier-entries.ts";

export interface Order {
  id: string;
  /**
   * pending: ask again later. success does not yet mean that the number can be looked up. ended: it
   * is over, and not known to have bought anything. unclear: a word that is not documented.
   */
  outcome: "pending" | "success" | "failure" | "ended" | "unclear";
}

const word = optionalText.transform((text) => text && text.toLowerCase());
const line = z.object({ phone_number: z.string(), status: word });
const order = z.object({
  id: carrierId,
  status: word,
  customer_reference: optionalText,
  phone_numbers: entries.catch([]),
});
type ReadOrder = z.output<typeof order>;

const orderReply = z.object({ data: order });
const reference = z.object({ id: z.unknown(), customer_reference: optionalText });

/** Words for an end that Telnyx does not document for orders and that leave no doubt. */
const ENDED = new Set([
  "cancelled",
  "canceled",
  "expired",
  "rejected",
  "declined",
  "refused",
  "deleted",
  "failed",
  "error",
]);

/** What an answer with one order says of this number. */
export function readOrder(reply: unknown, phoneNumber: string, skip: Skip): Order {
  return toOrder(orderReply.parse(reply).data, phoneNumber, skip);
}

/** The same, or null for an order of other numbers: a purchase may have ordered another in vain. */
export function readOrderOf(reply: unknown, phoneNumber: string, skip: Skip): Order | null {
  const { data } = orderReply.parse(reply);
  const lines = readEntries(data.phone_numbers, line, () => {});
  // Lines that cannot be read may be of this number.
  const isComplete = lines.length > 0 && lines.length === data.phone_numbers.length;
  if (isComplete && !lines.some((one) => one.phone_number === phoneNumber)) return null;
  return toOrder(data, phoneNumber, skip);
}

/** The ids of the orders in a list that carry this reference. */
export function readOrderIds(list: unknown, customerReference: string, skip: Skip): string[] {
  // An order of ours whose id cannot be read is not an order that does not exist: this throws.
  return readEntries(entries.parse(list), reference, skip)
    .filter((found) => found.customer_reference === customerReference)
    .map(({ id }) => carrierId.parse(id));
}

/** Of several orders of one purchase, the one that counts. */
export function best(orders: Order[]): Order | null {
  const of = (outcome: Order["outcome"]) => orders.find((found) => found.outcome === outcome);
  return of("success") ?? of("pending") ?? of("unclear") ?? of("failure") ?? of("ended") ?? null;
}

function toOrder(found: ReadOrder, phoneNumber: string, skip: Skip): Order {
  const lines = readEntries(found.phone_numbers, line, skip);
  const status = lines.find((one) => one.phone_number === phoneNumber)?.status;
  return { id: found.id, outcome: outcomeOf(found.status, status ?? null) };
}

/** The line decides: an order with some failed lines may say anything. */
function outcomeOf(ofOrder: string | null, ofLine: string | null): Order["outcome"] {
  if (ofLine === "failure" || ofOrder === "failure" && ofLine !== "success") return "failure";
  const words = [ofOrder, ofLine].filter((told) => told !== null);
  if (ofLine !== "success" && words.some((told) => ENDED.has(told))) return "ended";
  if (words.includes("pending")) return "pending";
  if (ofLine === "success" || words.length > 0 && words.every((told) => told === "success")) {
    return "success";
  }
  return "unclear";
}
