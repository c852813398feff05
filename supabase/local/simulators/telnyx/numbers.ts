import { z } from "zod";
import type { RequestContext } from "./context.ts";
import { pick } from "./faults.ts";
import { showDeletedNumber, showNumber, showSlimNumber } from "./number-views.ts";
import { filtersOf, paginate, parseBody } from "./query.ts";
import { badRequest, notFound, unknownReference } from "./refusal.ts";
import { makeNumbersOdd, makeOwnershipOdd } from "./odd-entries.ts";
import { isOwned, type OwnedNumber, ownedNumbers, shownNumbers } from "./state.ts";
import type {
  Page,
  WireDeletedNumber,
  WireNumber,
  WireNumberAnswer,
  WireOdd,
  WireOwnership,
  WireSlimNumber,
} from "./wire.ts";

const filters = [
  "phone_number",
  "status",
  "customer_reference",
  "connection_id",
  "tag",
  "without_tags",
  "billing_group_id",
  "country_iso_alpha2",
  "source",
];

/** `+` is let through, because it works at Telnyx although the reference says digits only. */
function containsDigits(phoneNumber: string, wanted: string): boolean {
  if (!/^\+?\d{3,}$/.test(wanted)) return false;
  return phoneNumber.includes(wanted.replace("+", ""));
}

function matcher(url: URL): (number: OwnedNumber) => boolean {
  const filter = filtersOf(url, filters);
  const check = (name: string, holds: (wanted: string) => boolean) => {
    const wanted = filter(name);
    return wanted === undefined || holds(wanted);
  };
  return (number) =>
    check("phone_number", (wanted) => containsDigits(number.phoneNumber, wanted)) &&
    check("status", (wanted) => wanted === number.status) &&
    check("customer_reference", (wanted) => wanted === number.customerReference) &&
    check("connection_id", (wanted) => wanted === number.connectionId) &&
    check("tag", (wanted) => number.tags.includes(wanted)) &&
    check("without_tags", (wanted) => wanted !== "true" || number.tags.length === 0) &&
    check("billing_group_id", (wanted) => wanted === String(number.billingGroupId)) &&
    check("country_iso_alpha2", (wanted) => wanted.split(",").includes("US")) &&
    check("source", (wanted) => wanted === "purchased");
}

function sorted(url: URL, numbers: OwnedNumber[]): OwnedNumber[] {
  switch (url.searchParams.get("sort")) {
    case null:
      return numbers;
    case "phone_number":
      return numbers.toSorted((a, b) => a.phoneNumber.localeCompare(b.phoneNumber));
    case "purchased_at":
      return numbers.toSorted((a, b) => a.purchasedAt - b.purchasedAt);
    default:
      throw badRequest("The simulator does not know this order.", { parameter: "sort" });
  }
}

/** GET /phone_numbers, newest first; also those that were deleted or ported out, if still shown. */
export function listNumbers({ state, url, faults }: RequestContext): Page<WireNumber> | WireOdd {
  const numbers = sorted(url, shownNumbers(state).filter(matcher(url)));
  const page = paginate(url, numbers, (number) => showNumber(state, number));
  return pick(faults, "odd_entries") ? { ...page, data: makeNumbersOdd(page.data) } : page;
}

/** GET /phone_numbers/slim */
export function listSlimNumbers(
  { state, url, faults }: RequestContext,
): Page<WireSlimNumber> | WireOdd {
  const include = {
    connection: url.searchParams.get("include_connection") === "true",
    tags: url.searchParams.get("include_tags") === "true",
  };
  if (url.searchParams.has("filter[tag]") && !include.tags) {
    throw badRequest("filter[tag] requires include_tags.", { parameter: "filter[tag]" });
  }
  const numbers = sorted(url, shownNumbers(state).filter(matcher(url)));
  const page = paginate(url, numbers, (number) => showSlimNumber(state, number, include));
  return pick(faults, "odd_entries") ? { ...page, data: makeNumbersOdd(page.data) } : page;
}

export function shown({ state, id }: RequestContext): OwnedNumber {
  const number = state.numbers.get(id);
  if (!number || number.deletedAt !== null) throw notFound("There is no such phone number.");
  return number;
}

/** GET /phone_numbers/{id} */
export function retrieveNumber(context: RequestContext): WireNumberAnswer {
  return { data: showNumber(context.state, shown(context)) };
}

/** No deletion lock and no messaging profile: they are set elsewhere. */
const updateBody = z.strictObject({
  connection_id: z.string().optional(),
  customer_reference: z.string().optional(),
  billing_group_id: z.string().optional(),
  external_pin: z.string().optional(),
  hd_voice_enabled: z.boolean().optional(),
  address_id: z.string().optional(),
  tags: z.array(z.string()).optional(),
});

/** PATCH /phone_numbers/{id}: tags are replaced, everything left out stays. */
export function updateNumber(context: RequestContext): WireNumberAnswer {
  const { state } = context;
  const number = shown(context);
  const body = parseBody(context.body, updateBody);
  if (body.connection_id && body.connection_id !== state.settings.connectionId) {
    throw unknownReference("There is no such connection.", { pointer: "/connection_id" });
  }
  if (body.connection_id !== undefined) number.connectionId = body.connection_id || null;
  number.customerReference = body.customer_reference ?? number.customerReference;
  number.billingGroupId = body.billing_group_id ?? number.billingGroupId;
  number.externalPin = body.external_pin ?? number.externalPin;
  number.hdVoice = body.hd_voice_enabled ?? number.hdVoice;
  number.tags = body.tags ?? number.tags;
  number.updatedAt = state.timers.now();
  return { data: showNumber(state, number) };
}

/** DELETE /phone_numbers/{id}; the number is not offered for sale again. */
export function deleteNumber(context: RequestContext): WireDeletedNumber {
  const number = shown(context);
  if (!isOwned(number)) throw notFound("There is no such phone number.");
  if (number.deletionLock) throw badRequest("The phone number has a deletion lock.");
  if (!pick(context.faults, "delete_does_not_stick")) {
    number.deletedAt = context.state.timers.now();
    number.updatedAt = number.deletedAt;
  }
  return showDeletedNumber(number);
}

/** Not found, though in the account: it cannot be edited. */
const notEditable = new Set(["purchase-pending", "purchase-failed", "port-failed"]);

const ownershipBody = z.object({ phone_numbers: z.array(z.string()) });

/** POST /phone_numbers/actions/verify_ownership: exact E.164 numbers only. */
export function verifyOwnership({ state, body, faults }: RequestContext): WireOwnership | WireOdd {
  const { phone_numbers } = parseBody(body, ownershipBody);
  const found: { id: string; number_val_e164: string }[] = [];
  const not_found: string[] = [];
  for (const phoneNumber of new Set(phone_numbers)) {
    const number = ownedNumbers(state).find((candidate) =>
      candidate.phoneNumber === phoneNumber && !notEditable.has(candidate.status)
    );
    if (number && !pick(faults, "not_visible")) {
      found.push({ id: number.id, number_val_e164: phoneNumber });
    } else not_found.push(phoneNumber);
  }
  const data = { record_type: "number_ownership", found, not_found };
  return pick(faults, "odd_entries")
    ? { data: { ...data, found: makeOwnershipOdd(found) } }
    : { data };
}
