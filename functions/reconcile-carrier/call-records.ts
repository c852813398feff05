import { createCallRecords } from "../_shared/carrier-call-records.ts";
import { keepRecord } from "../_shared/carrier-record.ts";
import type { CallDatabase } from "../_shared/database.ts";
import type { Log } from "../_shared/log.ts";
import { createCallRecordLedger } from "./call-record-ledger.ts";
import { importCallRecords } from "./import-call-records.ts";

interface CarrierConfig {
  TELNYX_API_KEY: string;
  TELNYX_BASE_URL?: string;
  TELNYX_TIMEOUT_MS?: number;
}

interface Time {
  now: () => number;
  delay: (milliseconds: number) => Promise<unknown>;
}

/** An import from Telnyx that keeps a record of every request it made there. */
export function createImport(call: CallDatabase, config: CarrierConfig, time: Time) {
  const ledger = createCallRecordLedger(call);
  return (log: Log): Promise<number | null> =>
    keepRecord(log, ledger.recordRequests, (onRequest) => {
      const records = createCallRecords({
        apiKey: config.TELNYX_API_KEY,
        baseUrl: config.TELNYX_BASE_URL,
        timeout: config.TELNYX_TIMEOUT_MS,
        onRequest,
      });
      return importCallRecords({ records, ledger, ...time, log });
    });
}
