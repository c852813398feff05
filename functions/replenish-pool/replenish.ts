import { createCarrier } from "../_shared/carrier.ts";
import { askTelnyx } from "../_shared/ask-telnyx.ts";
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
    askTelnyx(call, config, log, async (options) => {
      const carrier = createCarrier({ ...options, connectionId: config.TELNYX_CONNECTION_ID });
      return await replenish({ carrier, ledger, random: Math.random, log, ...time });
    });
}
