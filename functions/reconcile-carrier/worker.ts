import { CarrierError } from "../_shared/carrier-errors.ts";
import type { AccountNumber, CarrierNumbers } from "../_shared/carrier-numbers.ts";
import type { Log } from "../_shared/log.ts";
import { heal } from "./heal.ts";
import type { Ledger } from "./ledger.ts";
import type { Drift, Missing } from "./schema.ts";

export interface ReconcileDependencies {
  carrier: CarrierNumbers;
  ledger: Ledger;
  /** The SIP connection that our numbers belong on. */
  connectionId: string;
  log: Log;
}

/**
 * Compares the numbers that Telnyx bills with those on record, and heals what is safe to heal.
 * @returns how many drifts were healed, and how many could not be; null: another run is under way
 */
export async function reconcile(
  dependencies: ReconcileDependencies,
): Promise<{ healed: number; failed: number } | null> {
  const { carrier, ledger, connectionId, log } = dependencies;
  const reconciliation = await ledger.begin(connectionId);
  if (reconciliation === null) {
    log("reconciliation_running");
    return null;
  }
  for await (const page of carrier.pages()) await ledger.recordNumbers(reconciliation, page);
  // While the pages were read, a number may have slipped from one to another.
  for (const missing of await ledger.findMissing(reconciliation)) {
    const number = await lookUp(missing, carrier);
    if (number !== null) await ledger.recordNumbers(reconciliation, [number]);
  }
  const total = { healed: 0, failed: 0 };
  for (const drift of await ledger.finish(reconciliation)) {
    total[await attempt(drift, dependencies)] += 1;
  }
  log("reconciled", { reconciliation_id: reconciliation, ...total });
  return total;
}

async function lookUp(missing: Missing, carrier: CarrierNumbers): Promise<AccountNumber | null> {
  const id = await carrier.findOwned(missing.phone_number) ?? missing.telnyx_phone_number_id;
  const number = await carrier.get(id);
  return number?.phoneNumber === missing.phone_number ? number : null;
}

async function attempt(
  drift: Drift,
  { carrier, ledger, connectionId, log }: ReconcileDependencies,
): Promise<"healed" | "failed"> {
  try {
    await heal(drift, connectionId, carrier);
  } catch (error) {
    if (!(error instanceof CarrierError)) throw error;
    log("drift_not_healed", { drift_id: drift.drift_id, kind: drift.kind, error: error.message });
    await ledger.recordFailure(drift, error.message);
    return "failed";
  }
  await ledger.recordHealed(drift);
  return "healed";
}
