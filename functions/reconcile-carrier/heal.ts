import { isActive } from "../_shared/account-number.ts";
import { CarrierError } from "../_shared/carrier-errors.ts";
import type { AccountNumber, CarrierNumbers, NumberChange } from "../_shared/carrier-numbers.ts";
import type { Drift } from "./schema.ts";

/**
 * Makes a number at Telnyx what it should be: on our connection, with our reference and tag.
 * @throws {CarrierError} also when, looked at again, it is not the number that was meant
 */
export async function heal(
  drift: Drift,
  connectionId: string,
  carrier: CarrierNumbers,
): Promise<void> {
  const number = await carrier.get(drift.telnyx_phone_number_id);
  if (number === null || number.phoneNumber !== drift.phone_number) {
    throw new CarrierError("invalid", "the number is not in the account any more");
  }
  // One that is not on record is ours only as long as it says so, and of use only when it is active.
  if (drift.kind === "unknown_at_carrier") {
    if (!saysOurs(number, drift)) {
      throw new CarrierError("invalid", "the number does not carry our reference or tag any more");
    }
    if (!isActive(number)) {
      throw new CarrierError("invalid", `the number is not active: ${number.status ?? "not told"}`);
    }
  }
  const change = changeFor(number, drift, connectionId);
  if (Object.keys(change).length > 0) await carrier.update(number.id, change);
}

function saysOurs(number: AccountNumber, drift: Drift): boolean {
  return drift.customer_reference !== null &&
      number.customerReference === drift.customer_reference ||
    drift.tag !== null && number.tags.includes(drift.tag);
}

function changeFor(number: AccountNumber, drift: Drift, connectionId: string): NumberChange {
  return {
    ...(number.connectionId !== connectionId && { connectionId }),
    ...(number.customerReference === null && drift.customer_reference !== null &&
      { customerReference: drift.customer_reference }),
    // PATCH replaces tags: the others stay.
    ...(drift.tag !== null && !number.tags.includes(drift.tag) &&
      { tags: [...number.tags, drift.tag] }),
  };
}
