import { priceOf } from "./account.ts";
import {
  type Arrival,
  isoTime,
  isOwned,
  type Order,
  type OrderLine,
  ownedByNumber,
  type OwnedNumber,
  recordGraveError,
  type State,
  type Voice,
} from "./state.ts";

/** What is known of a number when it comes into the account. */
export interface Acquisition {
  phoneNumber: string;
  connectionId: string | null;
  customerReference: string | null;
  billingGroupId: string | null;
  orderId: string | null;
  arrival?: Arrival;
}

/** Adds a number to the account, charges for it, and records it if it was there already. */
export function acquireNumber(state: State, acquisition: Acquisition): OwnedNumber {
  const { arrival = { status: "active" }, ...known } = acquisition;
  const { phoneNumber, orderId } = known;
  const now = state.timers.now();
  const { upfront, monthly } = priceOf(state, phoneNumber);
  state.nextNumberId += 104_729n;
  const voice: Voice = {
    isForwarding: false,
    forwardsTo: "",
    forwardingType: "always",
    isListed: false,
    listedName: "",
  };
  const number: OwnedNumber = {
    ...known,
    id: String(state.nextNumberId),
    status: arrival.status,
    connectionId: arrival.connectionId === undefined ? known.connectionId : arrival.connectionId,
    externalPin: null,
    hdVoice: false,
    tags: [],
    deletionLock: false,
    upfrontCost: upfront,
    monthlyCost: monthly,
    purchasedAt: now,
    activatedAt: arrival.status === "active" ? now : null,
    updatedAt: now,
    voice,
    voiceBefore: voice,
    voiceChangedAt: 0,
    deletedAt: null,
  };
  if (isOwned(number) && ownedByNumber(state, phoneNumber)) {
    recordGraveError(state, `number ${phoneNumber} is owned twice`);
  }
  state.numbers.set(number.id, number);
  state.charges.push({
    at: isoTime(now),
    phone_number: phoneNumber,
    order_id: orderId,
    amount: upfront + monthly,
  });
  const { activeAfterMs } = arrival;
  if (activeAfterMs !== undefined) {
    state.timers.later(activeAfterMs, () => setStatus(state, number, "active"));
  }
  return number;
}

/** What Telnyx says of a number from now on. */
export function setStatus(state: State, number: OwnedNumber, status: OwnedNumber["status"]): void {
  const now = state.timers.now();
  number.status = status;
  number.updatedAt = now;
  if (status === "active") number.activatedAt ??= now;
}

function failLine(state: State, line: OrderLine, taken: boolean) {
  line.status = "failure";
  if (taken) state.ownedByOthers.add(line.phoneNumber);
  else state.inventory.putBack(line.phoneNumber);
}

/** Brings a pending order to its end; false where it is at its end already. */
export function settleOrder(state: State, order: Order): boolean {
  if (order.status !== "pending") return false;
  const { status, lineStatus, buys, failedLines, taken, arrival } = order.outcome;
  const firstFailed = order.lines.length - failedLines;
  order.lines.forEach((line, index) => {
    if (index >= firstFailed) return failLine(state, line, taken);
    line.status = lineStatus;
    if (!buys) return state.inventory.putBack(line.phoneNumber);
    acquireNumber(state, {
      phoneNumber: line.phoneNumber,
      connectionId: order.connectionId,
      customerReference: order.customerReference,
      billingGroupId: order.billingGroupId,
      orderId: order.id,
      arrival,
    });
  });
  order.status = status;
  order.updatedAt = state.timers.now();
  return true;
}

/** A cancelled order has failed, as there is no other word for it; its numbers are for sale again. */
export function cancelOrder(state: State, order: Order): boolean {
  const { outcome, lines } = order;
  order.outcome = { ...outcome, status: "failure", failedLines: lines.length, taken: false };
  return settleOrder(state, order);
}
