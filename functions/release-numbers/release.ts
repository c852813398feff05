import { createCarrierNumbers } from "../_shared/carrier-numbers.ts";
import { keepRecord } from "../_shared/carrier-record.ts";
import type { CallDatabase } from "../_shared/database.ts";
import type { Log } from "../_shared/log.ts";
import type { CarrierConfig, Time } from "../_shared/nudged-worker.ts";
import { createLedger } from "./ledger.ts";
import { releaseNumbers } from "./worker.ts";

/** A run of the worker against Telnyx that keeps a record of every request it made there. */
export function createRelease(
  call: CallDatabase,
  config: Omit<CarrierConfig, "TELNYX_CONNECTION_ID">,
  { delay, now }: Time,
) {
  const ledger = createLedger(call);
  return (log: Log): Promise<void> =>
    keepRecord(log, ledger.recordRequests, async (onRequest) => {
      const carrier = createCarrierNumbers({
        apiKey: config.TELNYX_API_KEY,
        baseUrl: config.TELNYX_BASE_URL,
        timeout: config.TELNYX_TIMEOUT_MS,
        onRequest,
      });
      await releaseNumbers({ carrier, ledger, delay, now, log });
    });
}
