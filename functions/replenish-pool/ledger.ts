import { z } from "zod";
import type { Candidate } from "../_shared/carrier.ts";
import type { CarrierError } from "../_shared/carrier-errors.ts";
import { type CallDatabase, nothing } from "../_shared/database.ts";
import { LEASE_SECONDS, type Purchase, purchaseSchema } from "./schema.ts";

/**
 * The purchases in the database. Every write is compare-and-set on the claim: AppError claim_lost
 * means that somebody else goes on with it.
 */
export interface Ledger {
  /** Serves organizations that wait, and plans what is to be bought; how many numbers. */
  plan(): Promise<number>;
  claim(limit: number): Promise<Purchase[]>;
  /** Seconds until a purchase that nobody has claimed is due; null: there is none for us. */
  secondsUntilDue(): Promise<number | null>;
  /**
   * Writes the number down before it is ordered; false: not a candidate.
   * AppError price_too_high, budget_reached, max_numbers_reached: not at this price, or none at all.
   */
  choose(purchase: Purchase, candidate: Candidate): Promise<boolean>;
  recordOrdered(purchase: Purchase, orderId: string): Promise<void>;
  recordOwned(purchase: Purchase, telnyxPhoneNumberId: string): Promise<void>;
  recordFailure(
    purchase: Purchase,
    error: CarrierError,
  ): Promise<"retrying" | "failed" | "cancelled">;
  /** Nothing to do yet: somebody looks again later. */
  release(purchase: Purchase): Promise<void>;
}

const LOOK_AGAIN_SECONDS = 5;

export function createLedger(call: CallDatabase): Ledger {
  const claimOf = (purchase: Purchase) => ({
    p_purchase_id: purchase.id,
    p_claim_token: purchase.claim_token,
  });
  return {
    plan: () => call("run_planner", {}, z.number()),
    claim: (limit) =>
      call(
        "claim_purchases",
        { p_limit: limit, p_lease_seconds: LEASE_SECONDS },
        z.array(purchaseSchema),
      ),
    secondsUntilDue: () => call("seconds_until_purchase_due", {}, z.number().nullable()),
    choose: (purchase, candidate) =>
      call("choose_purchase_number", {
        ...claimOf(purchase),
        p_phone_number: candidate.phoneNumber,
        p_monthly_cost: candidate.monthlyCost,
        p_upfront_cost: candidate.upfrontCost,
      }, z.boolean()),
    recordOrdered: (purchase, orderId) =>
      call("record_purchase_ordered", {
        ...claimOf(purchase),
        p_telnyx_order_id: orderId,
      }, nothing),
    recordOwned: (purchase, id) =>
      call("record_purchase_owned", {
        ...claimOf(purchase),
        p_telnyx_phone_number_id: id,
      }, nothing),
    recordFailure: (purchase, error) =>
      call("record_purchase_failure", {
        ...claimOf(purchase),
        p_error_class: error.errorClass,
        p_error: error.message,
        p_retry_after_seconds: error.details.retryAfterSeconds ?? null,
      }, z.enum(["retrying", "failed", "cancelled"])),
    release: (purchase) =>
      call("drop_purchase_claim", {
        ...claimOf(purchase),
        p_after_seconds: LOOK_AGAIN_SECONDS,
      }, nothing),
  };
}
