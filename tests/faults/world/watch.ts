import type { TelnyxSimulator } from "../../../supabase/local/simulators/telnyx/mod.ts";

export interface Caps {
  maxNumbers: number;
  monthlyBudget: number;
}

/** Looks at the simulator all the time: what must not be true at any moment. */
export interface Watch {
  /** What was seen to be wrong. */
  violations: string[];
  caps: Caps;
  look(): void;
  stop(): void;
}

export function startWatch(getState: () => TelnyxSimulator["state"], caps: Caps): Watch {
  const violations = new Set<string>();
  const watch: Watch = {
    get violations() {
      return [...violations];
    },
    caps,
    look() {
      const state = getState();
      const owned = [...state.numbers.values()].filter((number) => number.deletedAt === null);
      const pending = [...state.orders.values()].flatMap((order) => order.lines)
        .filter((line) => line.status === "pending");
      const count = owned.length + pending.length;
      const price = Number(state.settings.monthlyCost);
      const rent = count * price;
      if (count > watch.caps.maxNumbers) {
        violations.add(`${count} numbers, ${watch.caps.maxNumbers} allowed`);
      }
      if (rent > watch.caps.monthlyBudget + 0.000001) {
        violations.add(`${rent.toFixed(2)} a month, ${watch.caps.monthlyBudget} allowed`);
      }
      const references = owned.map((number) => number.customerReference);
      for (const [index, reference] of references.entries()) {
        if (references.indexOf(reference) !== index) violations.add(`bought twice: ${reference}`);
      }
    },
    stop: () => clearInterval(timer),
  };
  const timer = setInterval(() => watch.look(), 5);
  return watch;
}
