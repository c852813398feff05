import { isGone } from "../_shared/account-number.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import type { CarrierNumbers } from "../_shared/carrier-numbers.ts";
import type { Release } from "./schema.ts";

export interface GiveBackDependencies {
  carrier: CarrierNumbers;
  delay: (milliseconds: number) => Promise<void>;
}

// A delete that was answered with 200 does not always last; 404 is the proof.
const PAUSES = [0, 500, 500, 500, 500];

/**
 * Deletes a released number at Telnyx, until Telnyx says that it is gone.
 * @throws {CarrierError} when it is not gone, or not proven to be ours
 */
export async function giveBack(
  release: Release,
  { carrier, delay }: GiveBackDependencies,
): Promise<void> {
  const id = await findId(release, carrier);
  if (id === null) return;
  for (const pause of PAUSES) {
    if (pause > 0) await delay(pause);
    if (await carrier.remove(id, release.purchase_id) === "gone") return;
  }
  throw new CarrierError("carrier_down", "deleted, and still in the account");
}

/** The id to delete: of exactly this number, and ours. Null: it is not in the account any more. */
async function findId(release: Release, carrier: CarrierNumbers): Promise<string | null> {
  const { phone_number, telnyx_phone_number_id, purchase_id } = release;
  // Not found may mean "cannot be edited now": only the id on record answers whether it is gone.
  const number = await carrier.find(phone_number, purchase_id) ??
    await carrier.get(telnyx_phone_number_id, purchase_id);
  if (number === null) return null;
  if (number.phoneNumber !== phone_number) {
    throw new CarrierError("invalid", "the id on record is another number's: not deleted");
  }
  const isOurs = number.id === telnyx_phone_number_id ||
    purchase_id !== null && number.customerReference === purchase_id;
  if (!isOurs) {
    throw new CarrierError(
      "invalid",
      "in the account under another id and without our reference: not deleted",
    );
  }
  return isGone(number) ? null : number.id;
}
