import Telnyx from "telnyx";
import { z } from "zod";
import { type CarrierRequest, createCarrierRequest } from "./carrier-request.ts";
import { sendOnce } from "./send-once.ts";

export interface CarrierClientOptions {
  apiKey: string;
  baseUrl?: string;
  /** Milliseconds for a whole request, body included. */
  timeout?: number;
  onRequest?: (request: CarrierRequest) => void;
  /** Must send what it is given once; sendOnce when not given. */
  fetch?: typeof fetch;
}

const ownershipReply = z.object({
  data: z.object({
    found: z.array(z.object({ id: z.coerce.string().min(1), number_val_e164: z.string() }))
      .nullish(),
  }),
});

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
  /**
   * Telnyx's id of exactly this number if it is in the account and can be edited, else null.
   * @param purchaseId for the record: on behalf of which purchase
   */
  const findOwned = (phoneNumber: string, purchaseId?: string | null): Promise<string | null> =>
    request("verify_ownership", false, async (signal) => {
      const asked = { phone_numbers: [phoneNumber] };
      const reply = await client.phoneNumbers.actions.verifyOwnership(asked, { signal });
      const found = ownershipReply.parse(reply).data.found ?? [];
      return found.find((number) => number.number_val_e164 === phoneNumber)?.id ?? null;
    }, purchaseId);
  return { client, request, findOwned };
}
