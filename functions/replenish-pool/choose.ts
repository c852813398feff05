import { SEARCH_LIMIT } from "../_shared/carrier.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import { AppError } from "../_shared/errors.ts";
import type { PurchaseDependencies } from "./purchase.ts";
import type { Purchase } from "./schema.ts";

/**
 * Writes a number down for this purchase, before anything is ordered, and returns it.
 * @throws {CarrierError} none_in_stock, over_budget, and what a search may throw
 */
export async function chooseNumber(
  purchase: Purchase,
  { carrier, ledger, random }: Pick<PurchaseDependencies, "carrier" | "ledger" | "random">,
): Promise<string> {
  const candidates = await carrier.search(purchase.area_code, purchase.id);
  // Purchases that search at the same time see the same list: start anywhere in it.
  const start = Math.floor(random() * candidates.length);
  const tooDear = new Map<string | null, AppError>();
  for (const candidate of [...candidates.slice(start), ...candidates.slice(0, start)]) {
    if (tooDear.has(candidate.monthlyCost)) continue;
    try {
      if (await ledger.choose(purchase, candidate)) return candidate.phoneNumber;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "max_numbers_reached") throw new CarrierError("over_budget", error.detail);
      if (error.code !== "budget_reached") throw error;
      // Another number may be cheaper.
      tooDear.set(candidate.monthlyCost, error);
    }
  }
  const [refusal] = tooDear.values();
  if (refusal) throw new CarrierError("over_budget", refusal.detail);
  // A full page of numbers that others are buying just now says nothing about what is in stock.
  if (candidates.length >= SEARCH_LIMIT) {
    throw new CarrierError("rate_limited", "every number offered is chosen already", {
      retryAfterSeconds: 10,
    });
  }
  throw new CarrierError(
    "none_in_stock",
    purchase.area_code ? `no number in area code ${purchase.area_code}` : "no number for sale",
  );
}
