import Telnyx from "telnyx";
import { z } from "zod";
import { type AccountNumber, accountNumber, isActive, isGone } from "./account-number.ts";
import { carrierId, entries, readEntries } from "./carrier-entries.ts";
import { CarrierError } from "./carrier-errors.ts";
import { createCarrierRequest, type OnRequest } from "./carrier-request.ts";
import { sendOnce } from "./send-once.ts";

export interface CarrierClientOptions {
  apiKey: string;
  baseUrl?: string;
  /** Milliseconds for a whole request, body included. */
  timeout?: number;
  onRequest?: OnRequest;
  /** Must send what it is given once; sendOnce when not given. */
  fetch?: typeof fetch;
}

export type NumberChange = Partial<
  Pick<AccountNumber, "connectionId" | "customerReference" | "tags">
>;

/** What is asked about numbers of the account. Throws CarrierError only. */
export interface NumberLookup {
  /**
   * Exactly this number, as it is in the account: the active one if Telnyx shows several; null: it
   * is not there, or cannot be edited now.
   * @param purchaseId for the record: on behalf of which purchase
   */
  find(phoneNumber: string, purchaseId?: string | null): Promise<AccountNumber | null>;
  /** The same, also where it cannot be edited now; what is not in the account any more is null. */
  findListed(phoneNumber: string, purchaseId?: string | null): Promise<AccountNumber | null>;
  /** Null: Telnyx knows no number of this id in the account. */
  get(id: string, purchaseId?: string | null): Promise<AccountNumber | null>;
  /** Replaces what is named; tags as a whole. */
  update(id: string, change: NumberChange, purchaseId?: string | null): Promise<void>;
}

const owned = z.object({ id: z.unknown(), number_val_e164: z.string() });
const ownershipReply = z.object({ data: z.object({ found: entries }) });
const numberReply = z.object({ data: accountNumber });

/** Telnyx's SDK, set up to send everything once; how to ask it; and what all who ask it need. */
export function createCarrierClient(options: CarrierClientOptions) {
  const timeout = options.timeout ?? 10_000;
  const client = new Telnyx({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    timeout,
    // The SDK would send an order again after a timeout or a 5xx, and drops idempotency keys.
    maxRetries: 0,
    fetch: options.fetch ?? sendOnce,
  });
  const request = createCarrierRequest(timeout, options.onRequest);

  const findIds = (phoneNumber: string, purchaseId?: string | null) =>
    request("verify_ownership", "other", async (signal, skip) => {
      const asked = { phone_numbers: [phoneNumber] };
      const reply = await client.phoneNumbers.actions.verifyOwnership(asked, { signal });
      const { found } = ownershipReply.parse(reply).data;
      // A number of ours whose id cannot be read is not a number that is not ours: this throws.
      return readEntries(found, owned, skip)
        .filter((number) => number.number_val_e164 === phoneNumber)
        .map(({ id }) => carrierId.parse(id));
    }, purchaseId);

  const numbers: NumberLookup = {
    async find(phoneNumber, purchaseId) {
      const ids = await findIds(phoneNumber, purchaseId);
      const found = await Promise.all(ids.map((id) => numbers.get(id, purchaseId)));
      return theOne(found.filter((number) => number !== null), phoneNumber);
    },
    findListed: (phoneNumber, purchaseId) =>
      request("find_number", "other", async (signal, skip) => {
        // The filter finds parts of a number, too.
        const filter = { phone_number: phoneNumber.replace("+", "") };
        const page = await client.phoneNumbers.list({ filter, "page[size]": 250 }, { signal });
        return theOne(readEntries(page.data, accountNumber, skip), phoneNumber);
      }, purchaseId),
    get: (id, purchaseId) =>
      orNull(request("get_number", "other", async (signal) => {
        const reply = await client.phoneNumbers.retrieve(requireId(id), { signal });
        return numberReply.parse(reply).data;
      }, purchaseId)),
    update: (id, change, purchaseId) =>
      request("update_number", "other", async (signal) => {
        await client.phoneNumbers.update(requireId(id), {
          connection_id: change.connectionId ?? undefined,
          customer_reference: change.customerReference ?? undefined,
          tags: change.tags,
        }, { signal });
      }, purchaseId),
  };
  return { client, request, numbers };
}

/** Of several rows of a number, as one that was deleted and the one that was bought then. */
function theOne(numbers: AccountNumber[], phoneNumber: string): AccountNumber | null {
  const there = numbers.filter((number) => number.phoneNumber === phoneNumber && !isGone(number));
  return there.find(isActive) ?? there[0] ?? null;
}

// The SDK sends DELETE /phone_numbers/ for an empty id.
export function requireId(id: string): string {
  if (!/^[A-Za-z0-9-]+$/.test(id)) throw new CarrierError("invalid", "this is no id of a number");
  return id;
}

/** Null where Telnyx answers that there is no such thing. */
export async function orNull<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof CarrierError && error.details.status === 404) return null;
    throw error;
  }
}
