import { z } from "zod";
import type { CarrierError } from "../_shared/carrier-errors.ts";
import type { Line } from "../_shared/carrier-lines.ts";
import { type CallDatabase, nothing } from "../_shared/database.ts";
import { type ClaimedLine, claimedLineSchema } from "./schema.ts";

/**
 * The lines in the database. Every write is compare-and-set on the claim: AppError line_claim_lost
 * means that another worker goes on with it.
 */
export interface LineLedger {
  /** @param isFirst what lines must be now is written down before */
  claim(limit: number, isFirst: boolean): Promise<ClaimedLine[]>;
  /** What Telnyx was seen to have. */
  record(claimed: ClaimedLine, seen: Line): Promise<void>;
  recordFailure(claimed: ClaimedLine, error: CarrierError): Promise<void>;
}

export const LEASE_SECONDS = 90;

export function createLineLedger(call: CallDatabase): LineLedger {
  const claimOf = (line: ClaimedLine) => ({
    p_phone_number_id: line.phone_number_id,
    p_claim_token: line.claim_token,
  });
  return {
    claim: (limit, isFirst) =>
      call(
        "claim_lines",
        { p_limit: limit, p_lease_seconds: LEASE_SECONDS, p_follow: isFirst },
        z.array(claimedLineSchema),
      ),
    record: (claimed, seen) =>
      call("record_line", {
        ...claimOf(claimed),
        p_forward_to: seen.forwardTo,
        p_caller_name: seen.callerName,
      }, nothing),
    recordFailure: (claimed, error) =>
      call("record_line_failure", {
        ...claimOf(claimed),
        p_error_class: error.errorClass,
        p_error: error.message,
        p_http_status: error.details.status ?? null,
        p_retry_after_seconds: error.details.retryAfterSeconds ?? null,
      }, nothing),
  };
}
