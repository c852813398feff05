import { createCarrier } from "../_shared/carrier.ts";
import type { CarrierRequest } from "../_shared/carrier-request.ts";
import type { CallDatabase } from "../_shared/database.ts";
import { describe } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { createLedger } from "./ledger.ts";
import { replenish } from "./worker.ts";

interface CarrierConfig {
  TELNYX_API_KEY: string;
  TELNYX_CONNECTION_ID: string;
  TELNYX_BASE_URL?: string;
}

/** A run of the worker against Telnyx that keeps a record of every request it made there. */
export function createReplenish(
  call: CallDatabase,
  config: CarrierConfig,
  delay: (milliseconds: number) => Promise<void>,
) {
  return async (log: Log): Promise<void> => {
    const requests: CarrierRequest[] = [];
    const ledger = createLedger(call);
    const carrier = createCarrier({
      apiKey: config.TELNYX_API_KEY,
      connectionId: config.TELNYX_CONNECTION_ID,
      baseUrl: config.TELNYX_BASE_URL,
      onRequest: (request) => requests.push(request),
    });
    try {
      await replenish({
        carrier,
        ledger,
        delay,
        random: Math.random,
        now: () => performance.now(),
        log,
      });
    } finally {
      await ledger.recordRequests(requests)
        .catch((error) => log("requests_not_recorded", { error: describe(error) }));
    }
  };
}
