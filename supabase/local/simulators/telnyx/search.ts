import { hashBelow } from "./random.ts";
import { filtersOf } from "./query.ts";
import { badRequest, missingParameter, noneFound } from "./refusal.ts";
import { areaCodeOf } from "./inventory.ts";
import { stateOf } from "./us-area-codes.ts";
import type { FaultOf } from "./fault-kinds.ts";
import { pick } from "./faults.ts";
import type { RequestContext } from "./context.ts";
import { freshNumber, unfitOffers } from "./ignored-filters.ts";
import { parseAmount } from "./money.ts";
import { makeOffersOdd } from "./odd-entries.ts";
import type { State } from "./state.ts";
import type { WireAvailableNumber, WireOdd, WireSearch } from "./wire.ts";

const filters = [
  "country_code",
  "national_destination_code",
  "administrative_area",
  "locality",
  "rate_center",
  "phone_number_type",
  "phone_number.starts_with",
  "phone_number.ends_with",
  "phone_number.contains",
  "features",
  "limit",
  "best_effort",
  "quickship",
  "reservable",
  "exclude_held_numbers",
];
// The documentation names no maximum; third parties stay at or below 100.
const maximumLimit = 100;
/** How many numbers are looked at for a pattern before the search gives up. */
const patternEffort = 20_000;

type Filter = (name: string) => string | undefined;

/** What a number can do. One in eight cannot make emergency calls, as not every real one can. */
function featuresOf(phoneNumber: string): string[] {
  const features = ["sms", "mms", "voice", "fax", "hd_voice", "local_calling"];
  return hashBelow(8, phoneNumber) === 0 ? features : [...features, "emergency"];
}

function rateCenterOf(areaCode: string): string {
  return `RATE CENTER ${areaCode}`;
}

function showNumber(
  { settings }: State,
  phoneNumber: string,
  bestEffort: boolean,
): WireAvailableNumber {
  const areaCode = areaCodeOf(phoneNumber);
  return {
    record_type: "available_phone_number",
    phone_number: phoneNumber,
    vanity_format: "",
    best_effort: bestEffort,
    quickship: true,
    reservable: true,
    region_information: [
      { region_type: "country_code", region_name: "US" },
      { region_type: "state", region_name: stateOf(areaCode) ?? "" },
      { region_type: "rate_center", region_name: rateCenterOf(areaCode) },
    ],
    cost_information: {
      upfront_cost: settings.upfrontCost,
      monthly_cost: settings.monthlyCost,
      currency: "USD",
    },
    features: featuresOf(phoneNumber).map((name) => ({ name })),
  };
}

/** The area codes that a search means; none where there is no coverage. */
function wantedAreaCodes({ inventory }: State, filter: Filter): string[] {
  const areaCode = filter("national_destination_code");
  const place = filter("rate_center") ?? filter("locality");
  return inventory.areaCodes(filter("administrative_area"))
    .filter((code) => areaCode === undefined || code === areaCode)
    .filter((code) => place === undefined || rateCenterOf(code) === place.toUpperCase());
}

/** Whether a number has the wanted digits and features. */
function matcher(filter: Filter): (phoneNumber: string) => boolean {
  const hasAreaCode = filter("national_destination_code") !== undefined;
  const start = filter("phone_number.starts_with") ?? "";
  const end = filter("phone_number.ends_with") ?? "";
  const part = filter("phone_number.contains") ?? "";
  const wanted = filter("features")?.split(",") ?? [];
  return (phoneNumber) => {
    // Telnyx API reference: patterns exclude the area code when both are asked for.
    const digits = phoneNumber.slice(hasAreaCode ? 5 : 2);
    const features = featuresOf(phoneNumber);
    return digits.startsWith(start) && digits.endsWith(end) && digits.includes(part) &&
      wanted.every((feature) => features.includes(feature));
  };
}

function limitOf(filter: Filter): number {
  const limit = filter("limit") ?? String(maximumLimit);
  if (!/^[1-9]\d{0,5}$/.test(limit)) {
    throw badRequest("limit must be a positive number.", { parameter: "filter[limit]" });
  }
  return Math.min(Number(limit), maximumLimit);
}

function find(numbers: Iterable<string>, matches: (number: string) => boolean, limit: number) {
  const found: string[] = [];
  let looked = 0;
  for (const phoneNumber of numbers) {
    if (found.length >= limit || looked++ >= patternEffort) break;
    if (matches(phoneNumber)) found.push(phoneNumber);
  }
  return found;
}

/** Near matches: the rest of the state, flagged, possibly with another area code. */
function findNear(state: State, filter: Filter, exact: string[], limit: number): string[] {
  const areaCode = filter("national_destination_code");
  if (filter("best_effort") !== "true" || areaCode === undefined) return [];
  const others = state.inventory.areaCodes(stateOf(areaCode)).filter((code) => code !== areaCode);
  return find(state.inventory.inAreaCodes(others), matcher(filter), limit - exact.length);
}

/** +14155550134 → +1415555xxxx, as accounts without the right level see it. */
function redact(phoneNumber: string): string {
  return `${phoneNumber.slice(0, -4)}xxxx`;
}

function answer<Offer extends WireAvailableNumber>(data: Offer[]) {
  const metadata = {
    total_results: data.length,
    best_effort_results: data.filter((number) => number.best_effort).length,
  };
  return { data, meta: metadata, metadata };
}

/** What the faults make of the offers; the numbers that are shown may be ordered for a while. */
function answerWith({ state, faults }: RequestContext, offers: WireAvailableNumber[]) {
  const prices = pick(faults, "prices");
  const offered = prices ? offersAt(state, offers, prices) : offers;
  const ignored = pick(faults, "filters_ignored")
    ? unfitOffers(state, (phoneNumber) => showNumber(state, phoneNumber, false))
    : [];
  const redacted = pick(faults, "redacted_numbers") !== undefined;
  const shown = [...ignored, ...offered].map(({ phone_number = "", ...offer }) => {
    if (!redacted) state.searchedAt.set(phone_number, state.timers.now());
    return { ...offer, phone_number: redacted ? redact(phone_number) : phone_number };
  });
  if (!pick(faults, "odd_entries")) return answer(shown);
  return { ...answer(shown), data: makeOffersOdd(state, shown) };
}

/** As many others in the same area codes, at that price: no other search shows them at another. */
function offersAt(
  state: State,
  offers: WireAvailableNumber[],
  { upfront_cost, monthly_cost }: FaultOf<"prices">,
): WireAvailableNumber[] {
  const price = { upfront: parseAmount(upfront_cost), monthly: parseAmount(monthly_cost) };
  return offers.map((offer) => {
    const phone_number = freshNumber(state, (offer.phone_number ?? "").slice(0, 5));
    state.prices.set(phone_number, price);
    const cost_information = { ...offer.cost_information, upfront_cost, monthly_cost };
    return { ...offer, phone_number, cost_information };
  });
}

/** GET /available_phone_numbers: what is for sale; what it shows may be ordered for a while. */
export function searchNumbers(context: RequestContext): WireSearch | WireOdd {
  const { state, url, faults } = context;
  const filter = filtersOf(url, filters);
  if (filter("country_code") === undefined) {
    throw missingParameter("country_code is required.", { parameter: "filter[country_code]" });
  }
  if (pick(faults, "empty_result")) return answer([]);
  const sold = filter("country_code") === "US" &&
    (filter("phone_number_type") ?? "local") === "local";
  const areaCodes = sold ? wantedAreaCodes(state, filter) : [];
  if (pick(faults, "inventory_exhausted")) state.inventory.empty(areaCodes);
  const limit = limitOf(filter);
  const exact = find(state.inventory.inAreaCodes(areaCodes), matcher(filter), limit);
  const near = sold ? findNear(state, filter, exact, limit) : [];
  if (exact.length + near.length === 0 && !pick(faults, "filters_ignored")) {
    throw noneFound(
      "No numbers found for the provided filters. Try best_effort=true.",
      { parameter: "filter" },
    );
  }
  return answerWith(context, [
    ...exact.map((number) => showNumber(state, number, false)),
    ...near.map((number) => showNumber(state, number, true)),
  ]);
}
