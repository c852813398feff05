import { z } from "zod";
import { type AccountNumber, accountNumber } from "./account-number.ts";
import {
  type CarrierClientOptions,
  createCarrierClient,
  type NumberChange,
  type NumberLookup,
  orNull,
  requireId,
} from "./carrier-client.ts";
import { entries, readEntries } from "./carrier-entries.ts";
import { CarrierError } from "./carrier-errors.ts";

export type { AccountNumber, NumberChange };

/**
 * The numbers of the account, as keeping order among them needs it. Throws CarrierError only. The
 * purchase that a number comes from is named for the record of requests.
 */
export interface CarrierNumbers extends NumberLookup {
  /** "deleted" is Telnyx's word for it and may not last; "gone" is a 404. */
  remove(id: string, purchaseId?: string | null): Promise<"deleted" | "gone">;
  /** Every number of the account, page by page; throws rather than stop before the last. */
  pages(): AsyncIterable<AccountNumber[]>;
}

const PAGE_SIZE = 250;
const MOST_PAGES = 2000;

const page = z.object({ data: entries, meta: z.unknown() });
const pagination = z.object({ total_pages: z.int() });

/** Telnyx through its SDK. */
export function createCarrierNumbers(options: CarrierClientOptions): CarrierNumbers {
  const { client, request, numbers } = createCarrierClient(options);

  const readPage = (nth: number) =>
    request("list_numbers", "other", async (signal, skip) => {
      const reply = await client.phoneNumbers.slimList({
        include_connection: true,
        include_tags: true,
        "page[number]": nth,
        "page[size]": PAGE_SIZE,
      }, { signal });
      const { data, meta } = page.parse({ data: reply.data, meta: reply.meta });
      const total = pagination.safeParse(meta).data?.total_pages;
      return {
        numbers: readEntries(data, accountNumber, skip),
        last: total ?? (data.length < PAGE_SIZE ? nth : nth + 1),
      };
    });

  return {
    ...numbers,
    remove: async (id, purchaseId) => {
      // Deleting is safe to repeat: no answer means only that one must look again.
      const deleted = await orNull(request("delete_number", "deletion", async (signal) => {
        await client.phoneNumbers.delete(requireId(id), { signal });
        return true;
      }, purchaseId));
      return deleted ? "deleted" : "gone";
    },
    async *pages() {
      for (let nth = 1, last = 1; nth <= last; nth++) {
        const read = await readPage(nth);
        yield read.numbers;
        last = read.last;
        if (last > MOST_PAGES) throw new CarrierError("invalid", `more than ${MOST_PAGES} pages`);
      }
    },
  };
}
