import { hashBelow } from "./random.ts";
import type { State } from "./state.ts";
import type { WireAvailableNumber } from "./wire.ts";

/** What a search shows that was asked for local US numbers that can place calls. */
const KINDS: { prefix: string; country?: string; features: string[] }[] = [
  { prefix: "+1416", country: "CA", features: ["sms", "voice", "emergency"] },
  // Toronto again, and this time it does not say so.
  { prefix: "+1416", features: ["sms", "voice", "emergency"] },
  { prefix: "+1833", features: ["sms", "voice", "emergency"] },
  { prefix: "+1900", features: ["voice", "emergency"] },
  { prefix: "+1787", country: "PR", features: ["voice", "emergency"] },
  { prefix: "+1212", country: "US", features: ["sms", "mms"] },
  { prefix: "+1212", country: "US", features: ["voice"] },
];

/** Numbers of another country or type, and such as cannot call; all of them can be ordered. */
export function unfitOffers(
  state: State,
  show: (phoneNumber: string) => WireAvailableNumber,
): WireAvailableNumber[] {
  return KINDS.map(({ prefix, country, features }) => {
    const phone_number = freshNumber(state, prefix);
    state.unfit.add(phone_number);
    return {
      ...show(phone_number),
      features: features.map((name) => ({ name })),
      region_information: country
        ? [{ region_type: "country_code" as const, region_name: country }]
        : [],
    };
  });
}

/** A number that no search has shown yet. */
export function freshNumber({ unfit, prices, searchedAt }: State, prefix: string): string {
  for (let place = unfit.size + prices.size;; place++) {
    const phoneNumber = `${prefix}${2_000_000 + hashBelow(7_000_000, `${prefix}:${place}`)}`;
    const isFresh = ![unfit, prices, searchedAt].some((shown) => shown.has(phoneNumber));
    if (isFresh) return phoneNumber;
  }
}
