import { z } from "zod";
import type { AccountNumber } from "../_shared/carrier-numbers.ts";
import { type CallDatabase, nothing } from "../_shared/database.ts";
import { type Drift, driftSchema, type Missing, missingSchema } from "./schema.ts";

/** The comparison in the database, which decides what is a drift and what may be healed. */
export interface Ledger {
  /** Null: another comparison is running. */
  begin(connectionId: string): Promise<number | null>;
  recordNumbers(reconciliation: number, numbers: AccountNumber[]): Promise<void>;
  findMissing(reconciliation: number): Promise<Missing[]>;
  /** Opens and closes drifts; returns those to heal at Telnyx. */
  finish(reconciliation: number): Promise<Drift[]>;
  recordHealed(drift: Drift): Promise<void>;
  recordFailure(drift: Drift, message: string): Promise<void>;
}

export function createLedger(call: CallDatabase): Ledger {
  return {
    begin: (connectionId) =>
      call("begin_reconciliation", { p_connection_id: connectionId }, z.number().nullable()),
    recordNumbers: (reconciliation, numbers) =>
      call("record_carrier_numbers", {
        p_reconciliation_id: reconciliation,
        p_numbers: numbers.map((number) => ({
          id: number.id,
          phone_number: number.phoneNumber,
          status: number.status,
          connection_id: number.connectionId,
          customer_reference: number.customerReference,
          tags: number.tags,
        })),
      }, nothing),
    findMissing: (reconciliation) =>
      call(
        "find_missing_numbers",
        { p_reconciliation_id: reconciliation },
        z.array(missingSchema),
      ),
    finish: (reconciliation) =>
      call("finish_reconciliation", { p_reconciliation_id: reconciliation }, z.array(driftSchema)),
    recordHealed: (drift) => call("heal_drift", { p_drift_id: drift.drift_id }, nothing),
    recordFailure: (drift, message) =>
      call("record_drift_failure", { p_drift_id: drift.drift_id, p_error: message }, nothing),
  };
}
