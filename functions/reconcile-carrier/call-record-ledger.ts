import { z } from "zod";
import type { CallRecord } from "../_shared/carrier-call-records.ts";
import type { CarrierError } from "../_shared/carrier-errors.ts";
import { type CallDatabase, nothing } from "../_shared/database.ts";

const claimSchema = z.object({
  claim_token: z.string(),
  since: z.string().transform((text) => new Date(text).toISOString()),
  page: z.int().positive(),
});

export type Claim = z.output<typeof claimSchema>;

/** The import of call records in the database, which keeps how far it has come. */
export interface CallRecordLedger {
  /** Null: another worker has it, or nothing is due. */
  claim(): Promise<Claim | null>;
  /** Stores a page; returns how many of its records were new. */
  record(claim: Claim, records: CallRecord[], isLast: boolean): Promise<number>;
  /** Leaves the rest to another worker, after the failure if there was one. */
  release(claim: Claim, failure?: CarrierError): Promise<void>;
}

export function createCallRecordLedger(call: CallDatabase): CallRecordLedger {
  return {
    claim: async () => {
      const [claim] = await call("claim_call_record_import", {}, z.array(claimSchema));
      return claim ?? null;
    },
    record: ({ claim_token }, records, isLast) =>
      call("record_call_records", {
        p_claim_token: claim_token,
        p_records: records,
        p_is_last: isLast,
      }, z.number()),
    release: ({ claim_token }, failure) =>
      call("release_call_record_import", {
        p_claim_token: claim_token,
        p_error_class: failure?.errorClass ?? null,
        p_error: failure?.message ?? null,
        p_retry_after_seconds: failure?.details.retryAfterSeconds ?? null,
      }, nothing),
  };
}
