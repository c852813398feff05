import { createCarrier } from "../_shared/carrier.ts";
import { keepRecord } from "../_shared/carrier-record.ts";
import type { CallDatabase } from "../_shared/database.ts";
import type { Log } from "../_shared/log.ts";
import type { CarrierConfig, Time } from "../_shared/nudged-worker.ts";
import { createLedger } from "./ledger.ts";
import { replenish, type Totals } from "./worker.ts";

/** A run of the worker against Telnyx that keeps a record of every request it made there. */
export function createReplenish(
  call: CallDatabase,
  config: CarrierConfig,
  time: Time,
) {
  const ledger = createLedger(call);
  return (log: Log): Promise<Totals> =>
    keepRecord(log, ledger.recordRequests, async (onRequest) => {
      const carrier = createCarrier({
        apiKey: config.TELNYX_API_KEY,
        connectionId: config.TELNYX_CONNECTION_ID,
        baseUrl: config.TELNYX_BASE_URL,
        timeout: config.TELNYX_TIMEOUT_MS,
        onRequest,
      });
      return await replenish({ carrier, ledger, random: Math.random, log, ...time });
    });
}
