import type { Carrier, Order } from "../_shared/carrier.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import { chooseNumber } from "./choose.ts";
import type { Ledger } from "./ledger.ts";
import type { ClaimedPurchase } from "./schema.ts";

export interface PurchaseDependencies {
  carrier: Carrier;
  ledger: Ledger;
  delay: (milliseconds: number) => Promise<void>;
  random: () => number;
  /** Milliseconds; goes on while the process is asleep. */
  now: () => number;
}

export type PurchaseResult = "owned" | "retrying" | "failed" | "cancelled";

// An order without regulatory requirements is done within seconds; a slower one is left to a later
// run. https://developers.telnyx.com/docs/numbers/phone-numbers/number-orders
const POLL_DELAYS = [300, 500, 800, 1200, 1600, 2000, 2500, 3000];
// A request and what follows it take this long at most, and must be over while the claim holds.
const STEP_MILLISECONDS = 20_000;

/**
 * Takes one claimed purchase as far as it goes now. Only carrier errors are handled here; they are
 * recorded, and the database decides what is next. AppError claim_lost comes through.
 */
export async function advancePurchase(
  purchase: ClaimedPurchase,
  dependencies: PurchaseDependencies,
): Promise<PurchaseResult> {
  try {
    return await advance(purchase, dependencies);
  } catch (error) {
    if (!(error instanceof CarrierError)) throw error;
    return await dependencies.ledger.recordFailure(purchase, error);
  }
}

async function advance(
  purchase: ClaimedPurchase,
  dependencies: PurchaseDependencies,
): Promise<PurchaseResult> {
  const { carrier } = dependencies;
  if (purchase.phone_number === null) {
    const phoneNumber = await chooseNumber(purchase, dependencies);
    return await placeOrder(purchase, phoneNumber, dependencies);
  }
  const phoneNumber = purchase.phone_number;
  if (purchase.telnyx_order_id !== null) {
    const order = await carrier.getOrder(purchase.telnyx_order_id, phoneNumber, purchase.id);
    return await followOrder(purchase, phoneNumber, order, dependencies);
  }
  // Somebody wrote the number down and was not heard of again: the order may have been carried out.
  return await lookForOrder(purchase, phoneNumber, dependencies) ??
    await placeOrder(purchase, phoneNumber, dependencies);
}

async function placeOrder(
  purchase: ClaimedPurchase,
  phoneNumber: string,
  dependencies: PurchaseDependencies,
): Promise<PurchaseResult> {
  const { carrier, ledger, now } = dependencies;
  // A worker that was asleep must not order what another has given up meanwhile.
  if (now() > purchase.leaseEndsAt - STEP_MILLISECONDS) {
    await ledger.release(purchase);
    return "retrying";
  }
  let order: Order;
  try {
    order = await carrier.order(phoneNumber, purchase.id);
  } catch (error) {
    // Taken, perhaps by ourselves.
    if (!(error instanceof CarrierError) || error.errorClass !== "taken") throw error;
    const found = await lookForOrder(purchase, phoneNumber, dependencies);
    if (found === null) throw error;
    return found;
  }
  await ledger.recordOrdered(purchase, order.id);
  return await followOrder(purchase, phoneNumber, order, dependencies);
}

/** What became of an order of ours for this number, if there is one or the number is ours. */
async function lookForOrder(
  purchase: ClaimedPurchase,
  phoneNumber: string,
  dependencies: PurchaseDependencies,
): Promise<PurchaseResult | null> {
  const { carrier, ledger } = dependencies;
  const order = await carrier.findOrder(purchase.id, phoneNumber);
  if (order !== null && order.outcome !== "failure") {
    await ledger.recordOrdered(purchase, order.id);
    return await followOrder(purchase, phoneNumber, order, dependencies);
  }
  const ownedId = await carrier.findOwned(phoneNumber, purchase.id);
  if (ownedId !== null) {
    await ledger.recordOwned(purchase, ownedId);
    return "owned";
  }
  if (order !== null) throw new CarrierError("order_failed", `order ${order.id} failed`);
  return null;
}

async function followOrder(
  purchase: ClaimedPurchase,
  phoneNumber: string,
  order: Order,
  dependencies: PurchaseDependencies,
): Promise<PurchaseResult> {
  const { carrier, ledger, delay, now } = dependencies;
  let current = order;
  for (const wait of POLL_DELAYS) {
    if (current.outcome === "failure") {
      // It may have failed because an order before it, of which we heard nothing, has the number.
      const found = await lookForOrder(purchase, phoneNumber, dependencies);
      return found ?? fail(order);
    }
    if (current.outcome === "success") {
      // The id of the order line is not the id of the number, which appears a little later.
      const id = await carrier.findOwned(phoneNumber, purchase.id);
      if (id !== null) {
        await ledger.recordOwned(purchase, id);
        return "owned";
      }
    }
    if (now() > purchase.leaseEndsAt - STEP_MILLISECONDS) break;
    await delay(wait);
    if (current.outcome === "pending") {
      current = await carrier.getOrder(order.id, phoneNumber, purchase.id);
    }
  }
  await ledger.release(purchase);
  return "retrying";
}

function fail(order: Order): never {
  throw new CarrierError("order_failed", `order ${order.id} failed`);
}
