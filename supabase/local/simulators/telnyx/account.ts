import { formatAmount, parseAmount } from "./money.ts";
import type { Price, State } from "./state.ts";
import type { RequestContext } from "./context.ts";
import type { WireBalance } from "./wire.ts";

/** What a number costs. */
export function priceOf({ settings, prices }: State, phoneNumber: string): Price {
  return prices.get(phoneNumber) ?? {
    upfront: parseAmount(settings.upfrontCost),
    monthly: parseAmount(settings.monthlyCost),
  };
}

/** What these numbers cost on the day they are bought. */
export function sumOf(state: State, phoneNumbers: string[]): number {
  return phoneNumbers.map((phoneNumber) => priceOf(state, phoneNumber))
    .reduce((sum, { upfront, monthly }) => sum + upfront + monthly, 0);
}

/** What pending orders will cost. */
function committed(state: State): number {
  const lines = [...state.orders.values()].flatMap((order) => order.lines)
    .filter((line) => line.status === "pending");
  return sumOf(state, lines.map((line) => line.phoneNumber));
}

/** What can still be spent, pending orders counted as spent. */
export function availableFunds(state: State): number {
  return balance(state) - committed(state);
}

function balance(state: State): number {
  const spent = state.charges.reduce((sum, charge) => sum + charge.amount, 0);
  return parseAmount(state.settings.balance) - spent;
}

/** GET /balance */
export function showBalance({ state }: RequestContext): WireBalance {
  return {
    data: {
      record_type: "balance",
      balance: formatAmount(balance(state), 2),
      credit_limit: "0.00",
      available_credit: formatAmount(availableFunds(state), 2),
      pending: formatAmount(committed(state), 2),
      currency: "USD",
    },
  };
}
