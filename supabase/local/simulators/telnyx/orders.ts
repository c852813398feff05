import type { RequestContext } from "./context.ts";
import { pick } from "./faults.ts";
import { showListedOrder, showOrder, showSubOrder } from "./order-views.ts";
import { filtersOf, paginate } from "./query.ts";
import { badRequest, notFound } from "./refusal.ts";
import { cancelOrder } from "./settle-order.ts";
import { isoTime, type Order } from "./state.ts";
import { makeOrdersOdd } from "./odd-entries.ts";
import type {
  Page,
  WireListedOrder,
  WireOdd,
  WireOrderAnswer,
  WireSubOrderAnswer,
} from "./wire.ts";

const filters = [
  "status",
  "created_at.gt",
  "created_at.lt",
  "customer_reference",
  "requirements_met",
  "phone_numbers_count",
];

/** GET /number_orders, newest first. */
export function listOrders(
  { state, url, faults }: RequestContext,
): Page<WireListedOrder> | WireOdd {
  const filter = filtersOf(url, filters);
  const equals = (name: string, actual: string | null) => {
    const wanted = filter(name);
    return wanted === undefined || wanted === actual;
  };
  const [after, before] = [filter("created_at.gt"), filter("created_at.lt")];
  const matches = (order: Order) =>
    equals("status", order.status) &&
    equals("customer_reference", order.customerReference) &&
    equals("phone_numbers_count", String(order.lines.length)) &&
    equals("requirements_met", "true") &&
    (after === undefined || isoTime(order.createdAt) > isoTime(Date.parse(after))) &&
    (before === undefined || isoTime(order.createdAt) < isoTime(Date.parse(before)));
  const visible = pick(faults, "not_visible") ? [] : [...state.orders.values()].reverse();
  const page = paginate(url, visible.filter(matches), showListedOrder);
  return pick(faults, "odd_entries") ? { ...page, data: makeOrdersOdd(page.data) } : page;
}

/** GET /number_orders/{id} */
export function retrieveOrder({ state, id }: RequestContext): WireOrderAnswer {
  const order = state.orders.get(id);
  if (!order) throw notFound("There is no such number order.");
  return { data: showOrder(order) };
}

/** PATCH /sub_number_orders/{id}/cancel: only while the order is pending. */
export function cancelSubOrder(context: RequestContext): WireSubOrderAnswer {
  const { state, id } = context;
  const order = [...state.orders.values()].find((candidate) => candidate.subOrderId === id);
  if (!order) throw notFound("There is no such sub number order.");
  if (!cancelOrder(state, order)) throw badRequest("Only a pending order can be cancelled.");
  context.orderSettled(order);
  return showSubOrder(order);
}
