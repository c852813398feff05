import { isGone } from "../_shared/account-number.ts";
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
  await lookUpMissing(reconciliation, dependencies);
  const total = { healed: 0, failed: 0 };
  for (const drift of await ledger.finish(reconciliation)) {
    total[await attempt(drift, dependencies)] += 1;
  }
  log("reconciled", { reconciliation_id: reconciliation, ...total });
  return total;
}

/**
 * Asks for the numbers that were not listed one by one: while the pages were read, one may have
 * slipped from one to another, and an entry that cannot be read may be ours. What cannot be asked
 * for is not recorded: nothing is concluded about it.
 */
async function lookUpMissing(
  reconciliation: number,
  { carrier, ledger, log }: ReconcileDependencies,
): Promise<void> {
  let failures = 0;
  for (const missing of await ledger.findMissing(reconciliation)) {
    try {
      const number = await lookUp(missing, carrier);
      await ledger.recordNumbers(reconciliation, [number ?? absent(missing)]);
      failures = 0;
    } catch (error) {
      if (!(error instanceof CarrierError)) throw error;
      log("number_not_looked_up", { error: error.message });
      // One may be odd; after that many it is Telnyx that does not answer.
      if (++failures === 3) return;
    }
  }
}

async function lookUp(missing: Missing, carrier: CarrierNumbers): Promise<AccountNumber | null> {
  const { phone_number, telnyx_phone_number_id } = missing;
  const found = await carrier.find(phone_number) ?? await carrier.get(telnyx_phone_number_id);
  return found?.phoneNumber === phone_number && !isGone(found) ? found : null;
}

/** What is recorded of a number that is not in the account; its id may be another number's now. */
const absent = ({ phone_number }: Missing): AccountNumber => ({
  id: `missing ${phone_number}`,
  phoneNumber: phone_number,
  status: "missing",
  connectionId: null,
  customerReference: null,
  tags: [],
});

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
