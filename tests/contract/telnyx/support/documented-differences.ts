/**
 * Where the API of today, as the SDK's types have it, differs from the document of 2020. Names are
 * the last part of a difference's path.
 */
const differencesByOperation: { operations: RegExp; unknown: string[]; null: string[] }[] = [
  {
    operations: /\/available_phone_numbers /,
    unknown: ["features", "metadata", "filter[phone_number_type]", "filter[exclude_held_numbers]"],
    null: [],
  },
  {
    operations: /\/number_orders(\/\S+)? /,
    unknown: [
      "billing_group_id",
      "bundle_id",
      "country_code",
      "country_iso_alpha2",
      "page[number]",
      "page[size]",
      "filter[phone_numbers_count]",
      "phone_number_type",
      "requirements_status",
      "sub_number_orders_ids",
    ],
    // Unset references of an order are null on the wire.
    null: ["connection_id", "customer_reference", "messaging_profile_id"],
  },
  {
    operations: /\/phone_numbers(\/\S+)? /,
    unknown: [
      "activated_at",
      "country_iso_alpha2",
      "customer_reference",
      "deletion_lock_enabled",
      "emergency_status",
      "filter[connection_id]",
      "filter[customer_reference]",
      "hd_voice_enabled",
      "inbound_call_screening",
      "messaging_campaign_id",
      "messaging_profile_name",
      "phone_number_type",
      "source_type",
    ],
    null: [
      "billing_group_id",
      "connection_id",
      "connection_name",
      "emergency_address_id",
      "external_pin",
      "messaging_profile_id",
    ],
  },
];

/** Whether a difference, as `compare` writes it, is one of the documented ones. */
export function isDocumented(difference: string): boolean {
  const [, path = "", what = ""] = /(\S+): (\w+)$/.exec(difference) ?? [];
  const name = path.split(".").at(-1) ?? "";
  return differencesByOperation.some(({ operations, ...known }) =>
    operations.test(difference) &&
    ((what === "unknown" && known.unknown.includes(name)) ||
      (what === "null" && known.null.includes(name)))
  );
}
