import type { FaultRequest } from "../../supabase/local/simulators/telnyx/mod.ts";

const SEARCH = "available_phone_numbers.list";
const ORDER = "number_orders.create";
const LIST = "number_orders.list";
const RETRIEVE = "number_orders.retrieve";
const OWNERSHIP = "phone_numbers.verify_ownership";

/** Where a request is refused by what `refused` says; organizations want numbers there, too. */
export const REFUSED_AREA_CODES = ["202", "415"];

const refused = (
  operation: typeof SEARCH | typeof ORDER,
  status: 400 | 404 | 422,
  code: string,
): FaultRequest => ({
  operation,
  kind: "refused",
  status,
  code,
  area_codes: REFUSED_AREA_CODES,
});

/**
 * What is wrong with one request, one entry or one area code. While it lasts, every organization
 * has a number within two minutes: anything else is in stock.
 */
export const LOCAL_FAULTS: Record<string, FaultRequest[]> = {
  "search: odd entries": [{ operation: SEARCH, kind: "odd_entries" }],
  "search: filters ignored": [{ operation: SEARCH, kind: "filters_ignored" }],
  "search: absurd prices": [
    { operation: SEARCH, kind: "prices", monthly_cost: "60.00000", upfront_cost: "200.00000" },
  ],
  "search: 422/10027 by area code": [refused(SEARCH, 422, "10027")],
  "search: 400/10015 by area code": [refused(SEARCH, 400, "10015")],
  "search: 404/10005 by area code": [refused(SEARCH, 404, "10005")],
  "order: 422/10027 by area code": [refused(ORDER, 422, "10027")],
  "lists: odd entries": [
    { operation: LIST, kind: "odd_entries" },
    { operation: OWNERSHIP, kind: "odd_entries" },
  ],
};

/** What keeps Telnyx from selling at all, or leaves open what became of an order. */
const CARRIER_FAULTS: Record<string, FaultRequest[]> = {
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
    { operation: ORDER, kind: "timeout", when: "after", work_delay_ms: 800 },
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
  "order: cancelled": [{ operation: ORDER, kind: "order_ends_as", status: "cancelled" }],
  "order: expired, and bought": [
    { operation: ORDER, kind: "order_ends_as", status: "expired", buys: true },
  ],
  "order: not found any more": [
    { operation: RETRIEVE, kind: "refused", status: 404, code: "10005" },
  ],
  "order: not visible": [
    { operation: ORDER, kind: "reset", when: "after" },
    { operation: LIST, kind: "not_visible" },
    { operation: OWNERSHIP, kind: "not_visible" },
  ],
  "number: not active for 100 ms": [{ operation: ORDER, kind: "not_active", ms: 100 }],
  "number: not active": [{ operation: ORDER, kind: "not_active", status: "port-pending" }],
  "number: on no connection": [{ operation: ORDER, kind: "wrong_connection" }],
  "any: 429": [{ operation: "*", kind: "rate_limited" }],
  "any: 401": [{ operation: "*", kind: "unauthorized", times: 2 }],
  "any: 500": [{ operation: "*", kind: "server_error" }],
  "any: reset": [{ operation: "*", kind: "reset" }],
  "any: timeout": [{ operation: "*", kind: "timeout" }],
};

/** Every fault by the name under which the table counts it. */
export const FAULTS: Record<string, FaultRequest[]> = { ...CARRIER_FAULTS, ...LOCAL_FAULTS };

/**
 * The faults of these names, each request struck with this probability.
 * @param dearShare what of the searches may show absurd prices: in all of them, nothing is in stock
 */
export function faultsOf(names: string[], share: number, dearShare = 1): FaultRequest[] {
  return names.flatMap((name) => FAULTS[name] ?? []).map((fault) => {
    if (fault.times !== undefined) return fault;
    return { ...fault, probability: fault.kind === "prices" ? Math.min(share, dearShare) : share };
  });
}
