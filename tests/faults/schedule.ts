import type { FaultRequest } from "../../supabase/local/simulators/telnyx/mod.ts";
import { createRandom } from "../../supabase/local/simulators/telnyx/random.ts";

const SEARCH = "available_phone_numbers.list";
const ORDER = "number_orders.create";
const LIST = "number_orders.list";
const OWNERSHIP = "phone_numbers.verify_ownership";

/** Every fault by the name under which the table counts it. */
export const FAULTS: Record<string, FaultRequest[]> = {
  "none": [],
  "latency": [{ operation: "*", kind: "latency", ms: 40 }],
  "search: timeout": [{ operation: SEARCH, kind: "timeout" }],
  "search: none found": [{ operation: SEARCH, kind: "none_found" }],
  "search: empty": [{ operation: SEARCH, kind: "empty_result" }],
  "search: redacted": [{ operation: SEARCH, kind: "redacted_numbers", times: 1 }],
  "search: inventory exhausted": [{ operation: SEARCH, kind: "inventory_exhausted", times: 1 }],
  "order: timeout before": [{ operation: ORDER, kind: "timeout" }],
  "order: timeout after": [{ operation: ORDER, kind: "timeout", when: "after" }],
  "order: done after a timeout": [
    { operation: ORDER, kind: "timeout", when: "after", work_delay_ms: 350 },
  ],
  "order: reset before": [{ operation: ORDER, kind: "reset" }],
  "order: reset after": [{ operation: ORDER, kind: "reset", when: "after" }],
  "order: done after a reset": [
    { operation: ORDER, kind: "reset", when: "after", work_delay_ms: 60 },
  ],
  "order: 500 before": [{ operation: ORDER, kind: "server_error" }],
  "order: 500 after": [{ operation: ORDER, kind: "server_error", when: "after" }],
  "order: 503 after, HTML": [
    { operation: ORDER, kind: "server_error", when: "after", status: 503, html: true },
  ],
  "order: 409 after": [{ operation: ORDER, kind: "conflict", when: "after" }],
  "order: 400/10015 after": [{ operation: ORDER, kind: "bad_request", when: "after" }],
  "order: number taken": [{ operation: ORDER, kind: "number_taken" }],
  "order: no funds": [{ operation: ORDER, kind: "insufficient_funds", times: 1 }],
  "order: pending 200 ms": [{ operation: ORDER, kind: "order_pending", ms: 200 }],
  "order: pending for ever": [{ operation: ORDER, kind: "order_pending" }],
  "order: failed": [{ operation: ORDER, kind: "order_failed" }],
  "order: failed, taken": [{ operation: ORDER, kind: "order_failed", taken: true }],
  "order: partial failure": [{ operation: ORDER, kind: "partial_failure" }],
  "order: not visible": [
    { operation: ORDER, kind: "reset", when: "after" },
    { operation: LIST, kind: "not_visible" },
    { operation: OWNERSHIP, kind: "not_visible" },
  ],
  "any: 429": [{ operation: "*", kind: "rate_limited" }],
  "any: 401": [{ operation: "*", kind: "unauthorized", times: 2 }],
  "any: 500": [{ operation: "*", kind: "server_error" }],
  "any: reset": [{ operation: "*", kind: "reset" }],
  "any: timeout": [{ operation: "*", kind: "timeout" }],
};

/** What happens beside Telnyx. */
export const ACCIDENTS = [
  "worker killed",
  "backend killed",
  "server killed",
  "nudges lost",
  "nudges doubled",
] as const;
export type Accident = typeof ACCIDENTS[number];

export interface Phase {
  faults: string[];
  /** With which probability each of them strikes. */
  share: number;
  milliseconds: number;
  accident: Accident | null;
  /** Organizations that register meanwhile. */
  organizations: (string | null)[][];
}

export interface Schedule {
  seed: number;
  phases: Phase[];
  settings: { max_numbers: number; monthly_budget_usd: number; low_water: number };
  monthlyCost: string;
  orderDelayMs: number;
}

const AREA_CODES = [null, null, null, "202", "415", "907"];

/** What the run of this seed does: everything in it follows from the seed. */
export function createSchedule(seed: number): Schedule {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const names = Object.keys(FAULTS);
  // Each fault has its turn in a series of runs, with others beside it.
  const own = names[seed % names.length] ?? "none";
  const accident = ACCIDENTS[seed % ACCIDENTS.length] ?? null;
  const phases = Array.from({ length: 4 }, (_, place): Phase => ({
    faults: [own, ...random() < 0.5 ? [pick(names)] : []],
    share: pick([0.3, 0.6, 1]),
    milliseconds: 150 + Math.floor(random() * 350),
    accident: place === 1 ? accident : random() < 0.4 ? pick(ACCIDENTS) : null,
    organizations: Array.from(
      { length: 2 },
      () => Array.from({ length: 1 + Math.floor(random() * 2) }, () => pick(AREA_CODES)),
    ),
  }));
  return {
    seed,
    phases,
    settings: {
      max_numbers: pick([6, 12, 100]),
      monthly_budget_usd: pick([9, 20, 200]),
      low_water: pick([1, 3]),
    },
    monthlyCost: pick(["1.00000", "1.00000", "1.30000"]),
    orderDelayMs: pick([0, 30]),
  };
}
