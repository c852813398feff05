import { createCarrierNumbers } from "../_shared/carrier-numbers.ts";
import { keepRecord } from "../_shared/carrier-record.ts";
import type { CallDatabase } from "../_shared/database.ts";
import type { Log } from "../_shared/log.ts";
import type { CarrierConfig } from "../_shared/nudged-worker.ts";
import { createLedger } from "./ledger.ts";
import { reconcile } from "./worker.ts";

/** A comparison with Telnyx that keeps a record of every request it made there. */
export function createReconcile(call: CallDatabase, config: CarrierConfig) {
  const ledger = createLedger(call);
  return (log: Log): Promise<void> =>
    keepRecord(log, ledger.recordRequests, async (onRequest) => {
      const carrier = createCarrierNumbers({
        apiKey: config.TELNYX_API_KEY,
        baseUrl: config.TELNYX_BASE_URL,
        timeout: config.TELNYX_TIMEOUT_MS,
        onRequest,
      });
      await reconcile({ carrier, ledger, connectionId: config.TELNYX_CONNECTION_ID, log });
    });
}
