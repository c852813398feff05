import { z } from "zod";
import { carrierId, entries, optionalText } from "./carrier-entries.ts";

/** A number in the Telnyx account, ours or not. */
export interface AccountNumber {
  id: string;
  phoneNumber: string;
  /** Telnyx's word, such as active or port-pending; null: not told. */
  status: string | null;
  connectionId: string | null;
  customerReference: string | null;
  tags: string[];
}

// The same status is spelled with a hyphen here and with an underscore there.
const status = optionalText.transform((word) => word && word.toLowerCase().replaceAll("_", "-"));

const tags = entries.catch([]).transform((list) => list.filter((tag) => typeof tag === "string"));

/** A number as /phone_numbers shows it, in a list or alone. */
export const accountNumber = z.object({
  id: carrierId,
  phone_number: z.string().min(1),
  status,
  connection_id: optionalText,
  customer_reference: optionalText,
  tags,
}).transform((found): AccountNumber => ({
  id: found.id,
  phoneNumber: found.phone_number,
  status: found.status,
  connectionId: found.connection_id,
  customerReference: found.customer_reference,
  tags: found.tags,
}));

/** Whether calls can be placed with it. */
export const isActive = ({ status }: AccountNumber) => status === "active";

/** Whether it is not in the account any more, although Telnyx still shows it. */
export const isGone = ({ status }: AccountNumber) =>
  status === "deleted" || status === "ported-out";

/** Whether it did not come into the account, and will not. */
export const hasFailed = ({ status }: AccountNumber) =>
  status === "purchase-failed" || status === "port-failed";
