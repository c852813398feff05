import { z } from "zod";
import { type CarrierClientOptions, createCarrierClient, requireId } from "./carrier-client.ts";
import { optionalText } from "./carrier-entries.ts";
import { CarrierError } from "./carrier-errors.ts";

/** Where calls to a number are put through to, and the name that it shows; null: nowhere, none. */
export interface Line {
  forwardTo: string | null;
  callerName: string | null;
}

/** The lines of the account's numbers. Throws CarrierError only. */
export interface CarrierLines {
  /** @throws {CarrierError} also when the id is another number's now */
  get(id: string, phoneNumber: string): Promise<Line>;
  /** @param withName whether the name is written, too; a number that never had one needs none */
  update(id: string, line: Line, withName: boolean): Promise<void>;
}

const flag = z.boolean().nullish();
const voiceReply = z.object({
  data: z.object({
    phone_number: z.string(),
    call_forwarding: z.object({ call_forwarding_enabled: flag, forwards_to: optionalText }),
    cnam_listing: z.object({ cnam_listing_enabled: flag, cnam_listing_details: optionalText }),
  }),
});

/** Telnyx through its SDK. */
export function createCarrierLines(options: CarrierClientOptions): CarrierLines {
  const { client, request } = createCarrierClient(options);
  return {
    get: (id, phoneNumber) =>
      request("get_line", "other", async (signal) => {
        const { data } = voiceReply.parse(
          await client.phoneNumbers.voice.retrieve(requireId(id), { signal }),
        );
        if (data.phone_number !== phoneNumber) {
          throw new CarrierError("invalid", "the id is another number's", { status: 404 });
        }
        const { call_forwarding: forwarding, cnam_listing: listing } = data;
        // Without the flag a target counts: "defaults to true", says the reference.
        const isForwarding = forwarding.call_forwarding_enabled !== false;
        const isListed = listing.cnam_listing_enabled !== false;
        return {
          forwardTo: isForwarding ? forwarding.forwards_to : null,
          callerName: isListed ? listing.cnam_listing_details : null,
        };
      }),
    update: (id, { forwardTo, callerName }, withName) =>
      request("update_line", "other", async (signal) => {
        await client.phoneNumbers.voice.update(requireId(id), {
          call_forwarding: {
            call_forwarding_enabled: forwardTo !== null,
            forwards_to: forwardTo ?? "",
            forwarding_type: "always",
          },
          ...(withName && {
            cnam_listing: {
              cnam_listing_enabled: callerName !== null,
              cnam_listing_details: callerName ?? "",
            },
          }),
        }, { signal });
      }),
  };
}
