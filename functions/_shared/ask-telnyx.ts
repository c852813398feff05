import type { CarrierClientOptions } from "./carrier-client.ts";
import type { CarrierRequest } from "./carrier-request.ts";
import { type CallDatabase, nothing } from "./database.ts";
import { describe } from "./http.ts";
import type { Log } from "./log.ts";

/** How Telnyx is reached: the variables of carrierShape that say it. */
export interface TelnyxConfig {
  TELNYX_API_KEY: string;
  TELNYX_BASE_URL?: string;
  TELNYX_TIMEOUT_MS?: number;
}

/**
 * Does work that asks Telnyx, with the options for its client, and keeps a record of every request
 * it made there, however it ends; what was skipped in the answers is said once an operation.
 */
export async function askTelnyx<T>(
  call: CallDatabase,
  config: TelnyxConfig,
  log: Log,
  work: (options: CarrierClientOptions) => Promise<T>,
): Promise<T> {
  const requests: CarrierRequest[] = [];
  const skipped = new Map<string, string[]>();
  try {
    return await work({
      apiKey: config.TELNYX_API_KEY,
      baseUrl: config.TELNYX_BASE_URL,
      timeout: config.TELNYX_TIMEOUT_MS,
      onRequest(request, reasons) {
        requests.push(request);
        if (reasons.length === 0) return;
        skipped.set(request.operation, [...skipped.get(request.operation) ?? [], ...reasons]);
      },
    });
  } finally {
    for (const [operation, reasons] of skipped) {
      const why = [...new Set(reasons)].slice(0, 10).join(", ");
      log("entries_skipped", { operation, entries: reasons.length, why });
    }
    if (requests.length > 0) {
      await call("record_carrier_requests", { p_requests: requests }, nothing)
        .catch((error) => log("requests_not_recorded", { error: describe(error) }));
    }
  }
}
