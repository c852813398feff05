import { freshNumber } from "./ignored-filters.ts";
import { parseAmount } from "./money.ts";
import type { State } from "./state.ts";
import type {
  WireAvailableNumber,
  WireDetailRecord,
  WireListedOrder,
  WireNumber,
  WireSlimNumber,
} from "./wire.ts";

/** Prices as they must not be, and what a number really costs that shows one. */
const oddPrices: unknown[] = [
  { upfront_cost: "1.00000", monthly_cost: "", currency: "USD" },
  { upfront_cost: "1.00000", monthly_cost: "$1.00", currency: "USD" },
  { upfront_cost: "1.00000", monthly_cost: null, currency: "USD" },
  { upfront_cost: "$1.00", monthly_cost: "1.00000", currency: "USD" },
  { upfront_cost: "1.00000", monthly_cost: "1.00000", currency: "EUR" },
  null,
];
const realPrice = { upfront: parseAmount("60.00"), monthly: parseAmount("60.00") };

/** What is no number for sale. */
const oddOffers: unknown[] = [
  null,
  "+12125550100",
  {},
  { phone_number: null },
  { phone_number: 12125550100 },
  { phone_number: "+4930123456", region_information: null },
  { phone_number: "+1212555xxxx", cost_information: {} },
];

/** Before the offers, some that cannot be read, and dear numbers whose price cannot be read. */
export function makeOffersOdd(state: State, offers: WireAvailableNumber[]): unknown[] {
  const [template] = offers;
  const dear = oddPrices.flatMap((cost_information) => {
    if (!template) return [];
    const phone_number = freshNumber(state, (template.phone_number ?? "").slice(0, 5));
    state.searchedAt.set(phone_number, state.timers.now());
    state.prices.set(phone_number, realPrice);
    return [{ ...template, phone_number, cost_information }];
  });
  return [...oddOffers, ...dear, ...offers];
}

/** Numbers that cannot be read, and the first real one without its number. */
export function makeNumbersOdd(numbers: (WireNumber | WireSlimNumber)[]): unknown[] {
  const [first, ...rest] = numbers;
  return [
    null,
    "+12125550100",
    {},
    { id: 1293384261075731499n.toString(), phone_number: null, status: "active" },
    { id: Number(1293384261075731499n), phone_number: "+442079460000", status: "active" },
    { id: 4711, phone_number: "+442079460001", status: "active", customer_reference: 7 },
    ...(first ? [{ ...first, phone_number: null }] : []),
    ...rest,
  ];
}

/** Orders of somebody else that cannot be read. */
export function makeOrdersOdd(orders: WireListedOrder[]): unknown[] {
  return [
    null,
    "an order",
    {},
    { id: 5, status: 7, customer_reference: null, phone_numbers: "none" },
    { id: null, status: null, phone_numbers: [null] },
    ...orders,
  ];
}

export function makeOwnershipOdd(found: { id: string; number_val_e164: string }[]): unknown[] {
  return [null, {}, { id: 1 }, { number_val_e164: null, id: "1" }, ...found];
}

/** Records that cannot be read, or are of something else, and the first real one in euros. */
export function makeRecordsOdd(records: WireDetailRecord[]): unknown[] {
  const [first, ...rest] = records;
  return [
    null,
    {},
    ...(first
      ? [
        { ...first, id: "euros", currency: "EUR" },
        { ...first, id: "no cost", cost: "n/a" },
        { ...first, id: "message", record_type: "messaging" },
        { ...first, id: "when", started_at: "yesterday" },
        first,
      ]
      : []),
    ...rest,
  ];
}
