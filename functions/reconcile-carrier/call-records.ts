import { createCallRecords } from "../_shared/carrier-call-records.ts";
import { askTelnyx, type TelnyxConfig } from "../_shared/ask-telnyx.ts";
import type { CallDatabase } from "../_shared/database.ts";
import type { Log } from "../_shared/log.ts";
import type { Time } from "../_shared/nudged-worker.ts";
import { createCallRecordLedger } from "./call-record-ledger.ts";
import { importCallRecords } from "./import-call-records.ts";

/** An import from Telnyx that keeps a record of every request it made there. */
export function createImport(call: CallDatabase, config: TelnyxConfig, time: Time) {
  const ledger = createCallRecordLedger(call);
  return (log: Log): Promise<number | null> =>
    askTelnyx(call, config, log, (options) => {
      const records = createCallRecords(options);
      return importCallRecords({ records, ledger, ...time, log });
    });
}
