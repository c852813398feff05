import { z } from "zod";
import type { CarrierError } from "../_shared/carrier-errors.ts";
import { type CallDatabase, nothing } from "../_shared/database.ts";
import { type Release, releaseSchema } from "./schema.ts";

/**
 * The releases in the database. Every write is compare-and-set on the claim: AppError claim_lost
 * means that somebody else goes on with it.
 */
export interface Ledger {
  claim(limit: number): Promise<Release[]>;
  recordGone(release: Release): Promise<void>;
  recordFailure(release: Release, error: CarrierError): Promise<void>;
}

const LEASE_SECONDS = 90;

export function createLedger(call: CallDatabase): Ledger {
  const claimOf = (release: Release) => ({
    p_phone_number_id: release.phone_number_id,
    p_claim_token: release.claim_token,
  });
  return {
    claim: (limit) =>
      call(
        "claim_number_releases",
        { p_limit: limit, p_lease_seconds: LEASE_SECONDS },
        z.array(releaseSchema),
      ),
    recordGone: (release) => call("record_number_gone", claimOf(release), nothing),
    recordFailure: (release, error) =>
      call("record_number_release_failure", {
        ...claimOf(release),
        p_error_class: error.errorClass,
        p_error: error.message,
        p_retry_after_seconds: error.details.retryAfterSeconds ?? null,
      }, nothing),
  };
}
