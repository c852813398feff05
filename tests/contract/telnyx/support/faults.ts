import type { FaultRequest } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import type { Scene } from "./simulator.ts";

/** One call for each operation; what it names need not exist. */
export const callsByOperation: Record<
  Exclude<FaultRequest["operation"], "*" | "webhooks.send">,
  (telnyx: Scene["telnyx"]) => PromiseLike<unknown>
> = {
  "available_phone_numbers.list": (telnyx) =>
    telnyx.availablePhoneNumbers.list({ filter: { country_code: "US", limit: 1 } }),
  "number_orders.create": (telnyx) =>
    telnyx.numberOrders.create({ phone_numbers: [{ phone_number: "+14155550100" }] }),
  "number_orders.list": (telnyx) => telnyx.numberOrders.list(),
  "number_orders.retrieve": (telnyx) => telnyx.numberOrders.retrieve("1"),
  "sub_number_orders.cancel": (telnyx) => telnyx.subNumberOrders.cancel("1"),
  "phone_numbers.verify_ownership": (telnyx) =>
    telnyx.phoneNumbers.actions.verifyOwnership({ phone_numbers: [] }),
  "phone_numbers.list": (telnyx) => telnyx.phoneNumbers.list(),
  "phone_numbers.slim_list": (telnyx) => telnyx.phoneNumbers.slimList(),
  "phone_numbers.retrieve": (telnyx) => telnyx.phoneNumbers.retrieve("1"),
  "phone_numbers.update": (telnyx) => telnyx.phoneNumbers.update("1", {}),
  "phone_numbers.delete": (telnyx) => telnyx.phoneNumbers.delete("1"),
  "phone_numbers.voice.retrieve": (telnyx) => telnyx.phoneNumbers.voice.retrieve("1"),
  "phone_numbers.voice.update": (telnyx) => telnyx.phoneNumbers.voice.update("1", {}),
  "phone_numbers.voice.list": (telnyx) => telnyx.phoneNumbers.voice.list(),
  "balance.retrieve": (telnyx) => telnyx.balance.retrieve(),
  "detail_records.list": (telnyx) =>
    telnyx.detailRecords.list({ filter: { record_type: "sip-trunking" } }),
};
