import { hasFailed, isActive } from "../_shared/account-number.ts";
import type { Order } from "../_shared/carrier.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import type { PurchaseDependencies, PurchaseResult } from "./purchase.ts";
import type { ClaimedPurchase } from "./schema.ts";

/** A purchase whose number is written down, and what it takes to go on with it. */
export interface NumberWork extends PurchaseDependencies {
  purchase: ClaimedPurchase;
  phoneNumber: string;
}

// An order without regulatory requirements is done within seconds; a slower one is left to a later
// run. https://developers.telnyx.com/docs/numbers/phone-numbers/number-orders
const POLL_DELAYS = [300, 500, 800, 1200, 1600, 2000, 2500, 3000];
// A request and what follows it take this long at most, and must be over while the claim holds.
const STEP_MILLISECONDS = 20_000;
// A number that is not in the account so long after its order has come to an end will not come.
const LOST_AFTER_SECONDS = 86_400;

/** Whether another step can be finished while the claim holds. */
export const hasTime = ({ now, purchase }: NumberWork) =>
  now() <= purchase.leaseEndsAt - STEP_MILLISECONDS;

/**
 * The order has come to nothing, unless its number is in the account all the same and cannot be
 * edited yet.
 * @param isOver false: the number may still come
 * @throws {CarrierError} order_lost
 */
export async function loseOrder(
  work: NumberWork,
  why: string,
  isOver = true,
): Promise<PurchaseResult> {
  const { purchase, phoneNumber, carrier } = work;
  const number = await carrier.findListed(phoneNumber, purchase.id);
  if (number === null ? isOver : hasFailed(number)) throw new CarrierError("order_lost", why);
  return await lookAgainLater(work);
}

/**
 * What became of an order of ours for this number, if there is one or the number is in the account.
 * @throws {CarrierError} order_failed, order_lost: there is one, and it has come to nothing
 */
export async function lookForOrder(work: NumberWork): Promise<PurchaseResult | null> {
  const { purchase, phoneNumber, carrier, ledger } = work;
  const order = await carrier.findOrder(purchase.id, phoneNumber);
  if (order !== null && !hasComeToNothing(order)) {
    await ledger.recordOrdered(purchase, order.id);
    return await followOrder(work, order);
  }
  const taken = await takeNumber(work);
  if (taken === "owned") return "owned";
  if (taken === "not ready") return await lookAgainLater(work);
  return order === null ? null : await comeToNothing(work, order);
}

/** Waits for the order to be done and for its number to be ours, as long as there is time. */
export async function followOrder(work: NumberWork, order: Order): Promise<PurchaseResult> {
  const { purchase, phoneNumber, carrier, delay } = work;
  let current = order;
  let taken: Taken = "absent";
  for (const wait of POLL_DELAYS) {
    if (hasComeToNothing(current)) {
      // Perhaps because an order before it, of which we heard nothing, has the number.
      return await lookForOrder(work) ?? await comeToNothing(work, current);
    }
    if (current.outcome !== "pending") taken = await takeNumber(work);
    if (taken === "owned") return "owned";
    if (!hasTime(work)) break;
    await delay(wait);
    if (current.outcome === "success") continue;
    const found = await carrier.getOrder(order.id, phoneNumber, purchase.id);
    if (found === null) {
      return await lookForOrder(work) ?? await loseOrder(work, "Telnyx knows no such order");
    }
    current = found;
  }
  if (current.outcome === "pending" || taken !== "absent") return await lookAgainLater(work);
  const isOver = purchase.orderedFor > LOST_AFTER_SECONDS;
  return await loseOrder(work, `order ${order.id} is done, and its number is not there`, isOver);
}

type Taken = "owned" | "not ready" | "absent";

/** Records the number as ours if it can be used: active, and on our connection. */
async function takeNumber(work: NumberWork): Promise<Taken> {
  const { purchase, phoneNumber, carrier, ledger } = work;
  // The id of the order line is not the id of the number, which appears a little later.
  let number = await carrier.findNumber(phoneNumber, purchase.id);
  if (number === null) return "absent";
  if (hasFailed(number)) {
    throw new CarrierError("order_lost", `the number is in the account as ${number.status}`);
  }
  if (isActive(number) && number.connectionId !== carrier.connectionId) {
    number = await carrier.connect(number.id, purchase.id);
  }
  if (number === null || !isActive(number) || number.connectionId !== carrier.connectionId) {
    return "not ready";
  }
  await ledger.recordOwned(purchase, number.id);
  return "owned";
}

async function lookAgainLater({ purchase, ledger }: NumberWork): Promise<PurchaseResult> {
  await ledger.release(purchase);
  return "retrying";
}

const hasComeToNothing = ({ outcome }: Order) => outcome === "failure" || outcome === "ended";

async function comeToNothing(work: NumberWork, { id, outcome }: Order): Promise<PurchaseResult> {
  if (outcome === "ended") return await loseOrder(work, `order ${id} has ended`);
  throw new CarrierError("order_failed", `order ${id} failed`);
}
