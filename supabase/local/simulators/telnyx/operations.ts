/** Names of what the API can be asked, as faults, the request log and the control API use them. */
export const operations = [
  "available_phone_numbers.list",
  "number_orders.create",
  "number_orders.list",
  "number_orders.retrieve",
  "sub_number_orders.cancel",
  "phone_numbers.verify_ownership",
  "phone_numbers.list",
  "phone_numbers.slim_list",
  "phone_numbers.retrieve",
  "phone_numbers.update",
  "phone_numbers.delete",
  "phone_numbers.voice.retrieve",
  "phone_numbers.voice.update",
  "phone_numbers.voice.list",
  "balance.retrieve",
  "detail_records.list",
] as const;
export type Operation = (typeof operations)[number];
