import {
  type CarrierClientOptions,
  createCarrierClient,
  type NumberLookup,
  orNull,
} from "./carrier-client.ts";
import { classifyCarrierError } from "./carrier-errors.ts";
import { best, type Order, readOrder, readOrderIds, readOrderOf } from "./carrier-orders.ts";
import { type Candidate, readCandidates, SEARCH_FILTER } from "./carrier-search.ts";

export type { Candidate, Order };

/**
 * The carrier, as buying a number needs it. Every method throws CarrierError only. The purchase is
 * named for the record of requests; with an order it is the customer_reference too.
 */
export interface Carrier {
  /** Numbers for sale, of this area code only if one is given; empty: none. */
  search(areaCode: string | null, purchaseId?: string): Promise<Candidate[]>;
  /** Orders the number, once: never retried here. */
  order(phoneNumber: string, purchaseId: string): Promise<Order>;
  /** Null: Telnyx knows no such order. */
  getOrder(orderId: string, phoneNumber: string, purchaseId?: string): Promise<Order | null>;
  /** The order of that purchase, the most successful if there are several. */
  findOrder(purchaseId: string, phoneNumber: string): Promise<Order | null>;
  /** The number as it is in the account; null: it is not ours, or not there yet. */
  findNumber: NumberLookup["find"];
  findListed: NumberLookup["findListed"];
  /** Puts the number on our connection; the number as it is then. */
  connect(numberId: string, purchaseId?: string): ReturnType<NumberLookup["get"]>;
  /** The SIP connection that our numbers belong on. */
  connectionId: string;
}

export interface CarrierOptions extends CarrierClientOptions {
  connectionId: string;
}

/** How many numbers a search offers at most. */
export const SEARCH_LIMIT = 50;

/** Telnyx through its SDK. */
export function createCarrier(options: CarrierOptions): Carrier {
  const { client, request, numbers } = createCarrierClient(options);
  const { connectionId } = options;

  return {
    connectionId,
    findNumber: numbers.find,
    findListed: numbers.findListed,
    async connect(id, purchaseId) {
      await numbers.update(id, { connectionId }, purchaseId);
      return await numbers.get(id, purchaseId);
    },
    search: (areaCode, purchaseId) =>
      request("search", "search", async (signal, skip) => {
        const filter = {
          ...SEARCH_FILTER,
          features: [...SEARCH_FILTER.features],
          limit: SEARCH_LIMIT,
          ...(areaCode ? { national_destination_code: areaCode } : {}),
        };
        const reply = await client.availablePhoneNumbers.list({ filter }, { signal })
          .catch(noneForSale);
        return readCandidates(reply, areaCode, skip);
      }, purchaseId),
    order: (phoneNumber, purchaseId) =>
      request("order", "order", async (signal, skip) => {
        const reply = await client.numberOrders.create({
          phone_numbers: [{ phone_number: phoneNumber }],
          connection_id: connectionId,
          customer_reference: purchaseId,
        }, { signal, maxRetries: 0 });
        return readOrder(reply, phoneNumber, skip);
      }, purchaseId),
    getOrder: (orderId, phoneNumber, purchaseId) =>
      orNull(request("get_order", "other", async (signal, skip) => {
        const reply = await client.numberOrders.retrieve(orderId, { signal });
        return readOrder(reply, phoneNumber, skip);
      }, purchaseId)),
    async findOrder(purchaseId, phoneNumber) {
      const ids = await request("find_order", "other", async (signal, skip) => {
        const filter = { customer_reference: purchaseId };
        const page = await client.numberOrders.list({ filter, "page[size]": 20 }, { signal });
        return readOrderIds(page.data, purchaseId, skip);
      }, purchaseId);
      // The list leaves out the status of the lines.
      const orders = await Promise.all(
        ids.map((id) =>
          orNull(request("get_order", "other", async (signal, skip) => {
            const reply = await client.numberOrders.retrieve(id, { signal });
            return readOrderOf(reply, phoneNumber, skip);
          }, purchaseId))
        ),
      );
      return best(orders.filter((order) => order !== null));
    },
  };
}

function noneForSale(error: unknown): { data: [] } {
  if (classifyCarrierError(error, "search").errorClass === "none_in_stock") return { data: [] };
  throw error;
}
