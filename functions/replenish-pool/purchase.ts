import type { Carrier, Order } from "../_shared/carrier.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import type { Ledger } from "./ledger.ts";
import type { Purchase } from "./schema.ts";

export interface PurchaseDependencies {
  carrier: Carrier;
  ledger: Ledger;
  delay: (milliseconds: number) => Promise<void>;
  random: () => number;
}

export type PurchaseResult = "owned" | "retrying" | "failed";

// An order without regulatory requirements is done within seconds; a slower one is left to a later
// run. https://developers.telnyx.com/docs/numbers/phone-numbers/number-orders
const POLL_DELAYS = [300, 500, 800, 1200, 1600, 2000, 2500, 3000];
const LOOK_AGAIN_SECONDS = 5;

/**
 * Takes one claimed purchase as far as it goes now. Only carrier errors are handled here; they are
 * recorded, and the database decides what is next. AppError claim_lost comes through.
 */
export async function advancePurchase(
  purchase: Purchase,
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
  purchase: Purchase,
  dependencies: PurchaseDependencies,
): Promise<PurchaseResult> {
  const { carrier } = dependencies;
  if (purchase.phone_number === null) {
    const phoneNumber = await choose(purchase, dependencies);
    return await placeOrder(purchase, phoneNumber, dependencies);
  }
  const phoneNumber = purchase.phone_number;
  if (purchase.telnyx_order_id !== null) {
    const order = await carrier.getOrder(purchase.telnyx_order_id, phoneNumber);
    return await followOrder(purchase, phoneNumber, order, dependencies);
  }
  // Somebody wrote the number down and was not heard of again: the order may have been carried out.
  return await lookForOrder(purchase, phoneNumber, dependencies) ??
    await placeOrder(purchase, phoneNumber, dependencies);
}

/** Writes a number down for this purchase, before anything is ordered. */
async function choose(
  purchase: Purchase,
  { carrier, ledger, random }: PurchaseDependencies,
): Promise<string> {
  const candidates = await carrier.search(purchase.area_code);
  // Purchases that search at the same time see the same list: start anywhere in it.
  const start = Math.floor(random() * candidates.length);
  for (const candidate of [...candidates.slice(start), ...candidates.slice(0, start)]) {
    if (await ledger.choose(purchase, candidate)) return candidate.phoneNumber;
  }
  throw new CarrierError(
    "none_in_stock",
    purchase.area_code ? `no number in area code ${purchase.area_code}` : "no number for sale",
  );
}

async function placeOrder(
  purchase: Purchase,
  phoneNumber: string,
  dependencies: PurchaseDependencies,
): Promise<PurchaseResult> {
  const { carrier, ledger } = dependencies;
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
  purchase: Purchase,
  phoneNumber: string,
  dependencies: PurchaseDependencies,
): Promise<PurchaseResult | null> {
  const { carrier, ledger } = dependencies;
  const order = await carrier.findOrder(purchase.id, phoneNumber);
  if (order !== null) {
    await ledger.recordOrdered(purchase, order.id);
    return await followOrder(purchase, phoneNumber, order, dependencies);
  }
  const ownedId = await carrier.findOwned(phoneNumber);
  if (ownedId === null) return null;
  await ledger.recordOwned(purchase, ownedId);
  return "owned";
}

async function followOrder(
  purchase: Purchase,
  phoneNumber: string,
  order: Order,
  { carrier, ledger, delay }: PurchaseDependencies,
): Promise<PurchaseResult> {
  let current = order;
  for (const wait of POLL_DELAYS) {
    if (current.outcome === "failure") {
      throw new CarrierError("order_failed", `order ${order.id} failed`);
    }
    if (current.outcome === "success") {
      // The id of the order line is not the id of the number, which appears a little later.
      const id = await carrier.findOwned(phoneNumber);
      if (id !== null) {
        await ledger.recordOwned(purchase, id);
        return "owned";
      }
    }
    await delay(wait);
    if (current.outcome === "pending") current = await carrier.getOrder(order.id, phoneNumber);
  }
  await ledger.release(purchase, LOOK_AGAIN_SECONDS);
  return "retrying";
}
