import type { Carrier, Order } from "../_shared/carrier.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import { chooseNumber } from "./choose.ts";
import { followOrder, hasTime, lookForOrder, loseOrder, type NumberWork } from "./follow-order.ts";
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
  const { phone_number, telnyx_order_id } = purchase;
  if (phone_number === null) {
    const phoneNumber = await chooseNumber(purchase, dependencies);
    return await placeOrder({ ...dependencies, purchase, phoneNumber });
  }
  const work = { ...dependencies, purchase, phoneNumber: phone_number };
  if (telnyx_order_id !== null) {
    const order = await carrier.getOrder(telnyx_order_id, phone_number, purchase.id);
    return order === null
      ? await lookForOrder(work) ?? await loseOrder(work, "Telnyx knows no such order")
      : await followOrder(work, order);
  }
  // Somebody wrote the number down and was not heard of again: the order may have been carried out.
  return await lookForOrder(work) ?? await placeOrder(work);
}

async function placeOrder(work: NumberWork): Promise<PurchaseResult> {
  const { purchase, phoneNumber, carrier, ledger } = work;
  // A worker that was asleep must not order what another has given up meanwhile.
  if (!hasTime(work)) {
    await ledger.release(purchase);
    return "retrying";
  }
  let order: Order;
  try {
    order = await carrier.order(phoneNumber, purchase.id);
  } catch (error) {
    // Taken, perhaps by ourselves.
    if (!(error instanceof CarrierError) || error.errorClass !== "taken") throw error;
    const found = await lookForOrder(work);
    if (found === null) throw error;
    return found;
  }
  await ledger.recordOrdered(purchase, order.id);
  return await followOrder(work, order);
}
