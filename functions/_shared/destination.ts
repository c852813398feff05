import { parsePhoneNumberFromString, type PhoneNumber } from "libphonenumber-js/max";
import { AppError } from "./errors.ts";

export interface Destination {
  /** E.164, or the digits as they were given where there is no such form. */
  number: string;
  /** Why it is not called; undefined if it may be. */
  refusal?: string;
}

// Only these kinds cost what a patient's line costs. "Fixed or mobile" is all that a US number tells.
const PATIENT_LINES = new Set(["FIXED_LINE_OR_MOBILE", "FIXED_LINE", "MOBILE", "VOIP", "PAGER"]);

// Toll-free, premium and other services of the North American Numbering Plan, and N11:
// https://www.nanpa.com/numbering/area-codes
const SERVICE_CODES =
  /^(8(00|22|33|44|55|66|77|88)|900|976|[2-9]11|5(00|21|22|33|44|66|77|88)|600|700|710)$/;

const ABROAD = "Only numbers in the United States are called";
const SERVICES = "Toll-free and premium numbers are not called";
const SHORT = "Emergency and short codes are not called";

/**
 * Reads the number to dial, and says whether it may be dialled.
 * A number that is possible but not assigned (+1555…) may; what is known to be abroad, to cost extra
 * or to be an emergency or short code may not.
 * @throws {AppError} invalid_request: it is no phone number
 */
export function parseDestination(input: string): Destination {
  const text = input.trim();
  if (/^\+?\d{2,6}$/.test(text)) return { number: text, refusal: SHORT };
  const number = /^\+[\d\s().-]{7,24}$/.test(text) ? parsePhoneNumberFromString(text) : undefined;
  if (!number?.isPossible()) {
    throw new AppError(
      "invalid_request",
      "phone_number is not a dialable number: use E.164, such as +12125550100",
    );
  }
  const refusal = refusalOf(number);
  const areaCode = number.nationalNumber.slice(0, 3);
  const isNorthAmerican = /^[2-9]\d{2}[2-9]\d{6}$/.test(number.nationalNumber);
  if (refusal === undefined && !isNorthAmerican && areaCode !== "555") {
    throw new AppError(
      "invalid_request",
      "phone_number is not a North American number: area code and exchange begin with 2 to 9",
    );
  }
  return { number: number.number, refusal };
}

function refusalOf(number: PhoneNumber): string | undefined {
  if (number.countryCallingCode !== "1" || number.ext !== undefined) return ABROAD;
  const type = number.getType();
  if (SERVICE_CODES.test(number.nationalNumber.slice(0, 3))) return SERVICES;
  if (type !== undefined && !PATIENT_LINES.has(type)) return SERVICES;
  // Numbers of the plan that are not in use have no country.
  return number.country === undefined || number.country === "US" ? undefined : ABROAD;
}
