import {
  type CountryCode,
  type NumberType,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";
import { z } from "zod";
import { entries, readEntries, type Skip } from "./carrier-entries.ts";
import { CarrierError } from "./carrier-errors.ts";

/** A number that Telnyx offers; costs are decimal strings in US dollars, null: not told. */
export interface Candidate {
  phoneNumber: string;
  monthlyCost: string | null;
  upfrontCost: string | null;
}

/** What is searched for; the answer is held against it: Telnyx has been seen to ignore filters. */
export const SEARCH_FILTER = {
  country_code: "US",
  phone_number_type: "local",
  // For numbers that place calls Telnyx asks for `emergency`, not only `voice`:
  // https://developers.telnyx.com/docs/numbers/phone-numbers/number-search
  features: ["voice", "emergency"],
} as const satisfies { country_code: CountryCode; phone_number_type: string; features: string[] };

const searchReply = z.object({ data: entries });

const feature = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const region = z.object({ region_type: z.string(), region_name: z.string() });

const offer = z.object({
  phone_number: z.string(),
  phone_number_type: z.string().nullish(),
  best_effort: z.boolean().nullish(),
  features: z.array(feature).nullish(),
  region_information: z.array(z.unknown()).nullish().catch(null),
  cost_information: z.unknown(),
});
type Offer = z.output<typeof offer>;

// As many digits as the database has for an amount; a number with more is not bought anyway.
const amount = z.union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d{1,7}(\.\d+)?$/));
const cost = z.object({ monthly_cost: amount, upfront_cost: amount });
const currency = z.object({ currency: z.string() });

/** The numbers of an answer that are what was asked for. */
export function readCandidates(
  reply: unknown,
  areaCode: string | null,
  skip: Skip,
): Candidate[] {
  const { data } = searchReply.parse(reply);
  refuseRedacted(data);
  return readEntries(data, offer, skip).flatMap((found) => {
    const reason = whyNotAskedFor(found, areaCode);
    if (reason === null) return [{ phoneNumber: found.phone_number, ...priceOf(found, skip) }];
    skip(reason);
    return [];
  });
}

// https://developers.telnyx.com/docs/account-setup/levels-and-capabilities/trial
function refuseRedacted(list: unknown[]): void {
  const redacted = z.object({ phone_number: z.string().regex(/^\+?[\dxX*]*[xX*]+$/) });
  if (list.length > 0 && list.every((entry) => redacted.safeParse(entry).success)) {
    throw new CarrierError(
      "invalid",
      "Telnyx shows redacted numbers: this account may not buy them",
    );
  }
}

function whyNotAskedFor(found: Offer, areaCode: string | null): string | null {
  const { phone_number, phone_number_type, best_effort, features } = found;
  if (!/^\+1[2-9]\d{2}[2-9]\d{6}$/.test(phone_number)) return "no number of North America";
  if (best_effort) return "a near match";
  if (areaCode && !phone_number.startsWith(`+1${areaCode}`)) return "another area code";
  const parsed = parsePhoneNumberFromString(phone_number);
  if (isForeign(found, parsed?.country)) return "another country";
  // Right after a purchase, and perhaps here, the type has its old name.
  const type = phone_number_type ?? "local";
  if (type !== "local" && type !== "longcode" || isSpecial(parsed?.getType())) {
    return "another type";
  }
  const names = features?.map((name) => name.toLowerCase());
  if (names && !SEARCH_FILTER.features.every((name) => names.includes(name))) {
    return "without the features";
  }
  return currencyOf(found) === "USD" ? null : "another currency";
}

/** What is not known to be foreign is left to the database, which knows the newest area codes. */
function isForeign({ region_information }: Offer, country?: CountryCode): boolean {
  const countries = (region_information ?? []).map((entry) => region.safeParse(entry).data)
    .filter((entry) => entry?.region_type === "country_code")
    .map((entry) => entry?.region_name.toUpperCase() ?? "");
  return (country ?? SEARCH_FILTER.country_code) !== SEARCH_FILTER.country_code ||
    countries.some((name) => name.length === 2 && name !== SEARCH_FILTER.country_code);
}

/** Toll-free, premium, personal numbers. */
function isSpecial(type?: NumberType): boolean {
  return type !== undefined && type !== "FIXED_LINE_OR_MOBILE" && type !== "FIXED_LINE" &&
    type !== "MOBILE";
}

function currencyOf({ cost_information }: Offer): string {
  return currency.safeParse(cost_information).data?.currency.toUpperCase() ?? "USD";
}

/** Half a price is none: what the other half is cannot be known. */
function priceOf({ cost_information }: Offer, skip: Skip): Omit<Candidate, "phoneNumber"> {
  const told = cost.safeParse(cost_information);
  if (told.success) {
    return { monthlyCost: told.data.monthly_cost, upfrontCost: told.data.upfront_cost };
  }
  skip("the price is not told");
  return { monthlyCost: null, upfrontCost: null };
}
