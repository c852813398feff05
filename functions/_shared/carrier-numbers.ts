import { z } from "zod";
import { type CarrierClientOptions, createCarrierClient } from "./carrier-client.ts";
import { CarrierError } from "./carrier-errors.ts";

/** A number in the Telnyx account, ours or not. */
export interface AccountNumber {
  id: string;
  phoneNumber: string;
  status: string | null;
  connectionId: string | null;
  customerReference: string | null;
  tags: string[];
}

export type NumberChange = Partial<
  Pick<AccountNumber, "connectionId" | "customerReference" | "tags">
>;

/**
 * The numbers of the account, as keeping order among them needs it. Throws CarrierError only. The
 * purchase that a number comes from is named for the record of requests.
 */
export interface CarrierNumbers {
  /** Telnyx's id of exactly this number if it is in the account and can be edited, else null. */
  findOwned(phoneNumber: string, purchaseId?: string | null): Promise<string | null>;
  /** Null: Telnyx knows no number of this id in the account. */
  get(id: string, purchaseId?: string | null): Promise<AccountNumber | null>;
  /** "deleted" is Telnyx's word for it and may not last; "gone" is a 404. */
  remove(id: string, purchaseId?: string | null): Promise<"deleted" | "gone">;
  /** Replaces what is named; tags as a whole. */
  update(id: string, change: NumberChange): Promise<void>;
  /** Every number of the account, page by page; throws rather than stop before the last. */
  pages(): AsyncIterable<AccountNumber[]>;
}

const PAGE_SIZE = 250;
const MOST_PAGES = 2000;

const text = z.string().nullish().transform((value) => value || null);

const number = z.object({
  id: z.coerce.string().min(1),
  phone_number: z.string(),
  status: text,
  connection_id: text,
  customer_reference: text,
  tags: z.array(z.string()).nullish(),
}).transform((found): AccountNumber => ({
  id: found.id,
  phoneNumber: found.phone_number,
  status: found.status,
  connectionId: found.connection_id,
  customerReference: found.customer_reference,
  tags: found.tags ?? [],
}));

const numberReply = z.object({ data: number });
const numbersPage = z.object({
  data: z.array(number),
  meta: z.object({ total_pages: z.number().int().nullish() }).nullish(),
});

/** Telnyx through its SDK. */
export function createCarrierNumbers(options: CarrierClientOptions): CarrierNumbers {
  const { client, request, findOwned } = createCarrierClient(options);

  return {
    findOwned,
    get: (id, purchaseId) =>
      orNull(request("get_number", false, async (signal) => {
        const reply = await client.phoneNumbers.retrieve(requireId(id), { signal });
        return numberReply.parse(reply).data;
      }, purchaseId)),
    remove: async (id, purchaseId) => {
      // Deleting is safe to repeat: no answer means only that one must look again.
      const deleted = await orNull(request("delete_number", false, async (signal) => {
        await client.phoneNumbers.delete(requireId(id), { signal });
        return true;
      }, purchaseId));
      return deleted ? "deleted" : "gone";
    },
    update: (id, change) =>
      request("update_number", false, async (signal) => {
        await client.phoneNumbers.update(requireId(id), {
          connection_id: change.connectionId ?? undefined,
          customer_reference: change.customerReference ?? undefined,
          tags: change.tags,
        }, { signal });
      }),
    async *pages() {
      for (let page = 1, last = 1; page <= last; page++) {
        const found = await request("list_numbers", false, async (signal) => {
          const reply = await client.phoneNumbers.slimList({
            include_connection: true,
            include_tags: true,
            "page[number]": page,
            "page[size]": PAGE_SIZE,
          }, { signal });
          return numbersPage.parse({ data: reply.data, meta: reply.meta });
        });
        yield found.data;
        last = found.meta?.total_pages ?? (found.data.length < PAGE_SIZE ? page : page + 1);
        if (last > MOST_PAGES) throw new CarrierError("invalid", `more than ${MOST_PAGES} pages`);
      }
    },
  };
}

// The SDK sends DELETE /phone_numbers/ for an empty id.
function requireId(id: string): string {
  if (!/^[A-Za-z0-9-]+$/.test(id)) throw new CarrierError("invalid", "this is no id of a number");
  return id;
}

async function orNull<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof CarrierError && error.details.status === 404) return null;
    throw error;
  }
}
