import { availableFunds } from "../../../supabase/local/simulators/telnyx/account.ts";
import { parseAmount } from "../../../supabase/local/simulators/telnyx/money.ts";
import {
  type OwnedNumber,
  ownedNumbers,
  type State,
} from "../../../supabase/local/simulators/telnyx/state.ts";

export interface Caps {
  maxNumbers: number;
  /** US dollars that a calendar month may cost, what is paid once included. */
  monthlyBudget: number;
}

/** What a number may cost, a month and once, by the settings. */
const MOST = { monthly: parseAmount("2.00"), upfront: parseAmount("5.00") };

/** Looks at the simulator all the time: what must not be true at any moment. */
export interface Watch {
  /** What was seen to be wrong. */
  violations: string[];
  caps: Caps;
  look(): void;
  stop(): void;
}

export function startWatch(state: State, caps: Caps): Watch {
  const violations = new Set<string>();
  const watch: Watch = {
    get violations() {
      return [...violations];
    },
    caps,
    look() {
      const owned = ownedNumbers(state);
      for (const problem of [...beyondCaps(state, owned, watch.caps), ...unwanted(state, owned)]) {
        violations.add(problem);
      }
      const references = owned.map((number) => number.customerReference);
      for (const [index, reference] of references.entries()) {
        if (references.indexOf(reference) !== index) violations.add(`bought twice: ${reference}`);
      }
    },
    stop: () => clearInterval(timer),
  };
  const timer = setInterval(() => watch.look(), 25);
  return watch;
}

/** All that was ever charged is of this month: the run takes no longer. */
function beyondCaps(state: State, owned: OwnedNumber[], caps: Caps): string[] {
  const pending = [...state.orders.values()].flatMap((order) => order.lines)
    .filter((line) => line.status === "pending").length;
  const count = owned.length + pending;
  const spent = parseAmount(state.settings.balance) - availableFunds(state);
  return [
    ...count > caps.maxNumbers ? [`${count} numbers, ${caps.maxNumbers} allowed`] : [],
    ...spent > parseAmount(String(caps.monthlyBudget))
      ? [`${spent / 100_000} spent, ${caps.monthlyBudget} allowed this month`]
      : [],
  ];
}

/** Numbers that cannot be used, or that are too dear. */
function unwanted({ unfit }: State, owned: OwnedNumber[]): string[] {
  return owned
    .filter((number) =>
      unfit.has(number.phoneNumber) || number.monthlyCost > MOST.monthly ||
      number.upfrontCost > MOST.upfront
    )
    .map(({ phoneNumber }) => `bought though not wanted: ${phoneNumber}`);
}
