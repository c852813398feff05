import { createCarrierNumbers } from "../_shared/carrier-numbers.ts";
import { askTelnyx } from "../_shared/ask-telnyx.ts";
import type { CallDatabase } from "../_shared/database.ts";
import type { Log } from "../_shared/log.ts";
import type { CarrierConfig } from "../_shared/nudged-worker.ts";
import { createLedger } from "./ledger.ts";
import { reconcile } from "./worker.ts";

/** A comparison with Telnyx that keeps a record of every request it made there. */
export function createReconcile(call: CallDatabase, config: CarrierConfig) {
  const ledger = createLedger(call);
  return (log: Log): Promise<void> =>
    askTelnyx(call, config, log, async (options) => {
      const carrier = createCarrierNumbers(options);
      await reconcile({ carrier, ledger, connectionId: config.TELNYX_CONNECTION_ID, log });
    });
}
