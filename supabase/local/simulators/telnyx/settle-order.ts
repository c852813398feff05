import { priceOf } from "./account.ts";
import {
  isoTime,
  type Order,
  type OrderLine,
  ownedByNumber,
  type OwnedNumber,
  recordGraveError,
  type State,
} from "./state.ts";

/** What is known of a number when it comes into the account. */
export interface Acquisition {
  phoneNumber: string;
  connectionId: string | null;
  customerReference: string | null;
  billingGroupId: string | null;
  orderId: string | null;
}

/** Adds a number to the account, charges for it, and records it if it was there already. */
export function acquireNumber(state: State, acquisition: Acquisition): OwnedNumber {
  const { phoneNumber, orderId } = acquisition;
  if (ownedByNumber(state, phoneNumber)) {
    recordGraveError(state, `number ${phoneNumber} is owned twice`);
  }
  const now = state.timers.now();
  const { upfront, monthly } = priceOf(state);
  state.nextNumberId += 104_729n;
  const number: OwnedNumber = {
    ...acquisition,
    id: String(state.nextNumberId),
    externalPin: null,
    hdVoice: false,
    tags: [],
    deletionLock: false,
    upfrontCost: upfront,
    monthlyCost: monthly,
    purchasedAt: now,
    updatedAt: now,
    deletedAt: null,
  };
  state.numbers.set(number.id, number);
  state.charges.push({
    at: isoTime(now),
    phone_number: phoneNumber,
    order_id: orderId,
    amount: upfront + monthly,
  });
  return number;
}

function failLine(state: State, line: OrderLine, taken: boolean) {
  line.status = "failure";
  if (taken) state.ownedByOthers.add(line.phoneNumber);
  else state.inventory.putBack(line.phoneNumber);
}

/** Brings a pending order to its end; false where it is at its end already. */
export function settleOrder(state: State, order: Order): boolean {
  if (order.status !== "pending") return false;
  const firstFailed = order.lines.length - order.outcome.failedLines;
  order.lines.forEach((line, index) => {
    if (index >= firstFailed) return failLine(state, line, order.outcome.taken);
    line.status = "success";
    acquireNumber(state, {
      phoneNumber: line.phoneNumber,
      connectionId: order.connectionId,
      customerReference: order.customerReference,
      billingGroupId: order.billingGroupId,
      orderId: order.id,
    });
  });
  order.status = order.outcome.status;
  order.updatedAt = state.timers.now();
  return true;
}

/** A cancelled order has failed, as there is no other word for it; its numbers are for sale again. */
export function cancelOrder(state: State, order: Order): boolean {
  order.outcome = { status: "failure", failedLines: order.lines.length, taken: false };
  return settleOrder(state, order);
}
