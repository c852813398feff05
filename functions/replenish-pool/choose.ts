import { type Candidate, SEARCH_LIMIT } from "../_shared/carrier.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import { AppError } from "../_shared/errors.ts";
import type { PurchaseDependencies } from "./purchase.ts";
import type { Purchase } from "./schema.ts";

type Dependencies = Pick<PurchaseDependencies, "carrier" | "ledger" | "random">;

/** A number that the database refused for what it costs. */
interface Refusal {
  candidate: Candidate;
  errorClass: "price" | "over_budget";
  detail: string;
}

/**
 * Writes a number down for this purchase, before anything is ordered, and returns it.
 * @throws {CarrierError} none_in_stock, price, over_budget, and what a search may throw
 */
export async function chooseNumber(
  purchase: Purchase,
  { carrier, ledger, random }: Dependencies,
): Promise<string> {
  const candidates = await carrier.search(purchase.area_code, purchase.id);
  const refusals: Refusal[] = [];
  for (const candidate of inOrder(candidates, random)) {
    if (refusals.some((refusal) => costsNoLess(candidate, refusal.candidate))) continue;
    try {
      if (await ledger.choose(purchase, candidate)) return candidate.phoneNumber;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "max_numbers_reached") throw new CarrierError("over_budget", error.detail);
      refusals.push({ candidate, errorClass: classOf(error), detail: error.detail });
    }
  }
  throw whyNone(purchase, candidates.length, refusals);
}

/** The cheapest first. Purchases that search at the same time see the same list: start anywhere. */
function inOrder(candidates: Candidate[], random: () => number): Candidate[] {
  const start = Math.floor(random() * candidates.length);
  return [...candidates.slice(start), ...candidates.slice(0, start)].toSorted((a, b) =>
    compare(a.monthlyCost, b.monthlyCost) || compare(a.upfrontCost, b.upfrontCost)
  );
}

/** Decimal strings; one that is not told is more than any. */
function compare(a: string | null, b: string | null): number {
  return a === b ? 0 : Number(a ?? Infinity) < Number(b ?? Infinity) ? -1 : 1;
}

const costsNoLess = (a: Candidate, b: Candidate) =>
  compare(a.monthlyCost, b.monthlyCost) >= 0 && compare(a.upfrontCost, b.upfrontCost) >= 0;

function classOf(error: AppError): Refusal["errorClass"] {
  if (error.code === "price_too_high") return "price";
  if (error.code === "budget_reached") return "over_budget";
  throw error;
}

function whyNone(purchase: Purchase, offered: number, refusals: Refusal[]): CarrierError {
  const refusal = refusals.find(({ errorClass }) => errorClass === "over_budget") ?? refusals[0];
  if (refusal) return new CarrierError(refusal.errorClass, refusal.detail);
  // Most of a page of numbers that others are buying just now says nothing about what is in stock.
  if (offered > SEARCH_LIMIT / 2) {
    return new CarrierError("rate_limited", "every number offered is chosen already", {
      retryAfterSeconds: 10,
    });
  }
  return new CarrierError(
    "none_in_stock",
    purchase.area_code ? `no number in area code ${purchase.area_code}` : "no number for sale",
  );
}
