import { createCarrierNumbers } from "../_shared/carrier-numbers.ts";
import { askTelnyx, type TelnyxConfig } from "../_shared/ask-telnyx.ts";
import type { CallDatabase } from "../_shared/database.ts";
import type { Log } from "../_shared/log.ts";
import type { Time } from "../_shared/nudged-worker.ts";
import { createLedger } from "./ledger.ts";
import { releaseNumbers } from "./worker.ts";

/** A run of the worker against Telnyx that keeps a record of every request it made there. */
export function createRelease(
  call: CallDatabase,
  config: TelnyxConfig,
  { delay, now }: Time,
) {
  const ledger = createLedger(call);
  return (log: Log): Promise<void> =>
    askTelnyx(call, config, log, async (options) => {
      const carrier = createCarrierNumbers(options);
      await releaseNumbers({ carrier, ledger, delay, now, log });
    });
}
