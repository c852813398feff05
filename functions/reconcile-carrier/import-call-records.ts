import type { CallRecords } from "../_shared/carrier-call-records.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import type { Log } from "../_shared/log.ts";
import type { CallRecordLedger, Claim } from "./call-record-ledger.ts";

export interface ImportDependencies {
  records: CallRecords;
  ledger: CallRecordLedger;
  /** Milliseconds; only its differences count. */
  now: () => number;
  delay: (milliseconds: number) => Promise<unknown>;
  log: Log;
}

// Below half of the free plan's 150 s, after which an isolate is retired:
// https://supabase.com/docs/guides/functions/limits
const RUN_MILLISECONDS = 55_000;
// Telnyx allows 40 requests a minute here.
const PACE_MILLISECONDS = 1500;

/**
 * Reads Telnyx's records of calls, page by page, until the list ends or the time is up; the sweep
 * starts the next run, which goes on with the next page.
 * @returns how many records were new; null: another worker is at it, or nothing is due
 */
export async function importCallRecords(dependencies: ImportDependencies): Promise<number | null> {
  const { ledger, log } = dependencies;
  const claim = await ledger.claim();
  if (claim === null) return null;
  const total = { pages: 0, added: 0, isRead: false };
  try {
    await readPages(claim, dependencies, total);
    if (!total.isRead) await ledger.release(claim);
  } catch (error) {
    if (!(error instanceof CarrierError)) throw error;
    log("call_records_not_read", { page: claim.page + total.pages, error: error.message });
    await ledger.release(claim, error);
  }
  log("call_records_read", { ...total });
  return total.added;
}

async function readPages(
  claim: Claim,
  { records, ledger, now, delay }: ImportDependencies,
  total: { pages: number; added: number; isRead: boolean },
): Promise<void> {
  const endsAt = now() + RUN_MILLISECONDS;
  let before = "";
  while (!total.isRead && now() < endsAt) {
    // Before the first one as well: another worker may just have asked.
    await delay(PACE_MILLISECONDS);
    const page = await records.page(claim.since, claim.page + total.pages);
    const ids = page.ids.join();
    if (ids !== "" && ids === before) {
      throw new CarrierError("invalid", "one page of call records is as the one before it");
    }
    before = ids;
    total.added += await ledger.record(claim, page.records, page.isLast);
    total.pages += 1;
    total.isRead = page.isLast;
  }
}
