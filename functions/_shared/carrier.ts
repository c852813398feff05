import { z } from "zod";
import { type CarrierClientOptions, createCarrierClient } from "./carrier-client.ts";
import { CarrierError, classifyCarrierError } from "./carrier-errors.ts";

/** A number that Telnyx offers; costs are decimal strings in US dollars. */
export interface Candidate {
  phoneNumber: string;
  monthlyCost: string | null;
  upfrontCost: string | null;
}

export interface Order {
  id: string;
  /** pending: ask again later. success does not yet mean that the number can be looked up. */
  outcome: "pending" | "success" | "failure";
}

/**
 * The carrier, as buying a number needs it. Every method throws CarrierError only. The purchase is
 * named for the record of requests; with an order it is the customer_reference too.
 */
export interface Carrier {
  /** Numbers for sale, of this area code only if one is given; empty: none. */
  search(areaCode: string | null, purchaseId?: string): Promise<Candidate[]>;
  /** Orders the number, once: never retried here. */
  order(phoneNumber: string, purchaseId: string): Promise<Order>;
  getOrder(orderId: string, phoneNumber: string, purchaseId?: string): Promise<Order>;
  /** The order of that purchase, the most successful if there are several. */
  findOrder(purchaseId: string, phoneNumber: string): Promise<Order | null>;
  /** Telnyx's id of the number if it is ours, else null. */
  findOwned(phoneNumber: string, purchaseId?: string): Promise<string | null>;
}

export interface CarrierOptions extends CarrierClientOptions {
  connectionId: string;
}

const money = z.string().regex(/^\d+(\.\d+)?$/).nullish().transform((cost) => cost ?? null);

const searchReply = z.object({
  data: z.array(z.object({
    phone_number: z.string(),
    best_effort: z.boolean().nullish(),
    cost_information: z.object({
      monthly_cost: money,
      upfront_cost: money,
      currency: z.string().nullish(),
    }).nullish(),
  })).nullish(),
});

const order = z.object({
  id: z.string().min(1),
  status: z.string().nullish(),
  customer_reference: z.string().nullish(),
  phone_numbers: z.array(
    z.object({ phone_number: z.string().nullish(), status: z.string().nullish() }),
  ).nullish(),
});
const orderReply = z.object({ data: order });
const ordersPage = z.object({ data: z.array(order).nullish() });

/** How many numbers a search offers at most. */
export const SEARCH_LIMIT = 50;

/** Telnyx through its SDK. */
export function createCarrier(options: CarrierOptions): Carrier {
  const { client, request, findOwned } = createCarrierClient(options);

  return {
    search: (areaCode, purchaseId) =>
      request("search", false, async (signal) => {
        const filter = {
          country_code: "US",
          phone_number_type: "local" as const,
          // For numbers that place calls Telnyx asks for `emergency`, not only `voice`:
          // https://developers.telnyx.com/docs/numbers/phone-numbers/number-search
          features: ["voice" as const, "emergency" as const],
          limit: SEARCH_LIMIT,
          ...(areaCode ? { national_destination_code: areaCode } : {}),
        };
        const reply = await client.availablePhoneNumbers.list({ filter }, { signal }).catch(none);
        return candidates(searchReply.parse(reply), areaCode);
      }, purchaseId),
    order: (phoneNumber, purchaseId) =>
      request("order", true, async (signal) => {
        const reply = await client.numberOrders.create({
          phone_numbers: [{ phone_number: phoneNumber }],
          connection_id: options.connectionId,
          customer_reference: purchaseId,
        }, { signal, maxRetries: 0 });
        return toOrder(orderReply.parse(reply).data, phoneNumber);
      }, purchaseId),
    getOrder: (orderId, phoneNumber, purchaseId) =>
      request("get_order", false, async (signal) => {
        const reply = await client.numberOrders.retrieve(orderId, { signal });
        return toOrder(orderReply.parse(reply).data, phoneNumber);
      }, purchaseId),
    findOrder: (purchaseId, phoneNumber) =>
      request("find_order", false, async (signal) => {
        const page = await client.numberOrders.list(
          { filter: { customer_reference: purchaseId }, "page[size]": 20 },
          { signal },
        );
        const ours = (ordersPage.parse({ data: page.data }).data ?? [])
          .filter((found) => found.customer_reference === purchaseId);
        // The list leaves out the status of the lines.
        const orders = await Promise.all(ours.map(async ({ id }) => {
          const reply = await client.numberOrders.retrieve(id, { signal });
          return orderReply.parse(reply).data;
        }));
        // The same purchase may have ordered another number before, in vain.
        return best(
          orders.filter((found) => lineOf(found, phoneNumber))
            .map((found) => toOrder(found, phoneNumber)),
        );
      }, purchaseId),
    findOwned,
  };
}

function none(error: unknown): z.input<typeof searchReply> {
  if (classifyCarrierError(error, false).errorClass === "none_in_stock") return { data: [] };
  throw error;
}

function candidates(reply: z.output<typeof searchReply>, areaCode: string | null): Candidate[] {
  const offered = reply.data ?? [];
  const readable = offered.filter(({ phone_number }) => /^\+1[2-9]\d{9}$/.test(phone_number));
  // https://developers.telnyx.com/docs/account-setup/levels-and-capabilities/trial
  if (offered.length > 0 && readable.length === 0) {
    throw new CarrierError(
      "invalid",
      "Telnyx shows redacted numbers: this account may not buy them",
    );
  }
  return readable
    // Near matches may lie in another area code.
    .filter(({ best_effort }) => !best_effort)
    .filter(({ phone_number }) => !areaCode || phone_number.startsWith(`+1${areaCode}`))
    .filter(({ cost_information }) => (cost_information?.currency ?? "USD") === "USD")
    .map(({ phone_number, cost_information }) => ({
      phoneNumber: phone_number,
      monthlyCost: cost_information?.monthly_cost ?? null,
      upfrontCost: cost_information?.upfront_cost ?? null,
    }));
}

function toOrder(found: z.output<typeof order>, phoneNumber: string): Order {
  const line = lineOf(found, phoneNumber);
  const statuses = [found.status, line?.status];
  // The line decides: an order with some failed lines may say anything.
  if (line?.status === "failure" || found.status === "failure" && line?.status !== "success") {
    return { id: found.id, outcome: "failure" };
  }
  const isDone = statuses.includes("success") && !statuses.includes("pending");
  return { id: found.id, outcome: isDone ? "success" : "pending" };
}

function lineOf(found: z.output<typeof order>, phoneNumber: string) {
  return found.phone_numbers?.find((number) => number.phone_number === phoneNumber);
}

function best(orders: Order[]): Order | null {
  const of = (outcome: Order["outcome"]) => orders.find((found) => found.outcome === outcome);
  return of("success") ?? of("pending") ?? of("failure") ?? null;
}
