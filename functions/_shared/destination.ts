import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { AppError } from "./errors.ts";

/** What parseDestination() reads, as a document says it; spaces and punctuation are read, too. */
export const E164_PATTERN = "^\\+(1(555[0-9]{7}|[2-9][0-9]{2}[2-9][0-9]{6})|[2-9][0-9]{6,14})$";

/**
 * Reads the number to dial into E.164, such as +12125550100; the digits of a short code stay as
 * they are. Whether it may be called is decided in the database: phone_pool.destination_refusal().
 * @throws {AppError} invalid_request: it is no phone number
 */
export function parseDestination(input: string): string {
  const text = input.trim();
  // A short code, or a number of another country: the database says that it is not called.
  if (/^(\+?\d{2,6}|\+[2-9]\d{6,14})$/.test(text)) return text;
  const number = /^\+[\d\s().-]{7,24}$/.test(text) ? parsePhoneNumberFromString(text) : undefined;
  if (!number?.isPossible() || number.ext !== undefined) {
    throw new AppError(
      "invalid_request",
      "phone_number is not a dialable number: use E.164, such as +12125550100",
    );
  }
  // +1555… is the placeholder of the plan: possible, and never assigned.
  if (/^\+1(?!555|[2-9]\d{2}[2-9])/.test(number.number)) {
    throw new AppError(
      "invalid_request",
      "phone_number is not a North American number: area code and exchange begin with 2 to 9",
    );
  }
  return number.number;
}
