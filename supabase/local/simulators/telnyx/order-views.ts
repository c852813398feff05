import { isoTime, type Order, type OrderLine } from "./state.ts";
import type { WireLine, WireListedOrder, WireOrder, WireSubOrderAnswer } from "./wire.ts";

function showLine(line: OrderLine): WireLine {
  return {
    id: line.id,
    record_type: "number_order_phone_number",
    phone_number: line.phoneNumber,
    phone_number_type: "local",
    country_code: "US",
    country_iso_alpha2: "US",
    regulatory_requirements: [],
    // US local numbers have no regulatory requirements, so that nothing waits for an approval.
    requirements_met: true,
    requirements_status: "approved",
    status: line.status,
  };
}

/** What the order says about itself, its lines left out. */
function showHead(order: Order) {
  return {
    id: order.id,
    record_type: "number_order",
    phone_numbers_count: order.lines.length,
    sub_number_orders_ids: [order.subOrderId],
    status: order.status,
    customer_reference: order.customerReference,
    connection_id: order.connectionId,
    messaging_profile_id: order.messagingProfileId,
    billing_group_id: order.billingGroupId,
    requirements_met: true,
    created_at: isoTime(order.createdAt),
    updated_at: isoTime(order.updatedAt),
  } satisfies Partial<WireListedOrder>;
}

/** An order with the status of every line. */
export function showOrder(order: Order): WireOrder {
  return { ...showHead(order), phone_numbers: order.lines.map(showLine) };
}

/** An order as the list shows it: its lines without their status. */
export function showListedOrder(order: Order): WireListedOrder {
  return {
    ...showHead(order),
    phone_numbers: order.lines.map((line) => ({ id: line.id, phone_number: line.phoneNumber })),
  };
}

/** The sub-order: the lines of one country and type, here all of them. */
export function showSubOrder(order: Order): WireSubOrderAnswer {
  return {
    data: {
      id: order.subOrderId,
      record_type: "sub_number_order",
      order_request_id: order.id,
      country_code: "US",
      phone_number_type: "local",
      phone_numbers_count: order.lines.length,
      regulatory_requirements: [],
      requirements_met: true,
      is_block_sub_number_order: false,
      status: order.status,
      ...(order.customerReference !== null && { customer_reference: order.customerReference }),
      created_at: isoTime(order.createdAt),
      updated_at: isoTime(order.updatedAt),
    },
  };
}
