import type { FaultRequest } from "../../../../supabase/local/simulators/telnyx/mod.ts";

const SEARCH = "available_phone_numbers.list";
const ORDER = "number_orders.create";
const LIST = "number_orders.list";
const RETRIEVE = "number_orders.retrieve";
const OWNERSHIP = "phone_numbers.verify_ownership";
const once = { times: 1 };

/** One fault, and what the buying of one number comes to all the same. */
export interface FaultCase {
  name: string;
  faults: FaultRequest[];
  /** POSTs of an order, and the different numbers in them. */
  orders: number;
  numbers?: number;
}

export const FAULT_CASES: FaultCase[] = [
  { name: "none", faults: [], orders: 1 },
  { name: "search: latency", faults: [{ operation: SEARCH, kind: "latency", ms: 50 }], orders: 1 },
  { name: "search: timeout", faults: [{ operation: SEARCH, kind: "timeout", ...once }], orders: 1 },
  { name: "search: reset", faults: [{ operation: SEARCH, kind: "reset", ...once }], orders: 1 },
  {
    name: "search: 500, 503",
    faults: [
      { operation: SEARCH, kind: "server_error", ...once },
      { operation: SEARCH, kind: "server_error", status: 503, html: true, ...once },
    ],
    orders: 1,
  },
  {
    name: "search: 429",
    faults: [{ operation: SEARCH, kind: "rate_limited", reset_seconds: 7, ...once }],
    orders: 1,
  },
  {
    name: "search: 10031",
    faults: [{ operation: SEARCH, kind: "none_found", ...once }],
    orders: 1,
  },
  {
    name: "search: empty",
    faults: [{ operation: SEARCH, kind: "empty_result", ...once }],
    orders: 1,
  },
  {
    name: "order: timeout before the work",
    faults: [{ operation: ORDER, kind: "timeout", ...once }],
    orders: 2,
  },
  {
    name: "order: timeout after the work",
    faults: [{ operation: ORDER, kind: "timeout", when: "after", ...once }],
    orders: 1,
  },
  {
    name: "order: reset before the work",
    faults: [{ operation: ORDER, kind: "reset", ...once }],
    orders: 2,
  },
  {
    name: "order: reset after the work",
    faults: [{ operation: ORDER, kind: "reset", when: "after", ...once }],
    orders: 1,
  },
  {
    name: "order: answer lost, and the order is not visible for a while",
    faults: [
      { operation: ORDER, kind: "reset", when: "after", ...once },
      { operation: LIST, kind: "not_visible", times: 3 },
      { operation: OWNERSHIP, kind: "not_visible", times: 3 },
    ],
    // Each is refused: the number is ours by the first.
    orders: 3,
  },
  {
    name: "order: 500 after the work",
    faults: [{ operation: ORDER, kind: "server_error", when: "after", ...once }],
    orders: 1,
  },
  {
    name: "order: 500 without the work",
    faults: [{ operation: ORDER, kind: "server_error", ...once }],
    orders: 2,
  },
  {
    name: "order: a proxy's 502 after the work",
    faults: [
      { operation: ORDER, kind: "server_error", status: 502, html: true, when: "after", ...once },
    ],
    orders: 1,
  },
  {
    name: "order: 429",
    faults: [{ operation: ORDER, kind: "rate_limited", reset_seconds: 3, ...once }],
    orders: 2,
  },
  {
    name: "order: 409, which may be our own order",
    faults: [{ operation: ORDER, kind: "conflict", when: "after", ...once }],
    orders: 1,
  },
  {
    name: "order: 400/10015, which may be our own order",
    faults: [{ operation: ORDER, kind: "bad_request", when: "after", ...once }],
    orders: 1,
  },
  {
    name: "order: done, answered as taken, and not visible yet",
    faults: [
      { operation: ORDER, kind: "conflict", when: "after", ...once },
      { operation: LIST, kind: "not_visible", ...once },
      { operation: OWNERSHIP, kind: "not_visible", ...once },
    ],
    orders: 1,
    numbers: 1,
  },
  {
    name: "order: the number is sold, 409",
    faults: [{ operation: ORDER, kind: "number_taken", ...once }],
    // Asked for again for two minutes: it might be our own order that has it.
    orders: 4,
    numbers: 2,
  },
  {
    name: "order: the number is sold, 400",
    faults: [{ operation: ORDER, kind: "number_taken", as: "bad_request", times: 2 }],
    orders: 4,
    numbers: 2,
  },
  {
    name: "order: failed",
    faults: [{ operation: ORDER, kind: "order_failed", ...once }],
    orders: 2,
    numbers: 2,
  },
  {
    name: "order: failed, after a pending time",
    faults: [
      { operation: ORDER, kind: "order_failed", taken: true, ...once },
      { operation: ORDER, kind: "order_pending" },
    ],
    orders: 2,
    numbers: 2,
  },
  {
    name: "order: success, its line failed",
    faults: [{ operation: ORDER, kind: "partial_failure", ...once }],
    orders: 2,
    numbers: 2,
  },
  {
    name: "order: pending",
    faults: [{ operation: ORDER, kind: "order_pending", ...once }],
    orders: 1,
  },
  {
    name: "looking for the order: 500",
    faults: [
      { operation: ORDER, kind: "timeout", when: "after", ...once },
      { operation: LIST, kind: "server_error", times: 2 },
    ],
    orders: 1,
  },
  {
    name: "looking at the order: reset",
    faults: [
      { operation: ORDER, kind: "order_pending", ...once },
      { operation: RETRIEVE, kind: "reset", times: 2 },
    ],
    orders: 1,
  },
  {
    name: "looking for the number: 503, and then not visible",
    faults: [
      { operation: OWNERSHIP, kind: "server_error", status: 503, ...once },
      { operation: OWNERSHIP, kind: "not_visible", times: 4 },
    ],
    orders: 1,
  },
];
