import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { AppError } from "./errors.ts";

// Only these kinds cost what a patient's line costs. "Fixed or mobile" is all that a US number tells.
const PATIENT_LINES = new Set(["FIXED_LINE_OR_MOBILE", "FIXED_LINE", "MOBILE", "VOIP", "PAGER"]);

// Toll-free, premium and other services of the North American Numbering Plan, and N11:
// https://www.nanpa.com/numbering/area-codes
const SERVICE_CODES =
  /^(8(00|22|33|44|55|66|77|88)|900|976|[2-9]11|5(00|21|22|33|44|66|77|88)|600|700|710)$/;

/**
 * The number to dial, in E.164 form.
 * A number that is possible but not assigned (+1555…) passes; what is known to be abroad, to cost
 * extra or to be an emergency or short code does not.
 * @throws {AppError} invalid_request, destination_not_allowed
 */
export function parseDestination(input: string): string {
  const text = input.trim();
  if (/^\+?\d{2,6}$/.test(text)) {
    throw new AppError("destination_not_allowed", "Emergency and short codes are not called");
  }
  const number = /^\+[\d\s().-]{7,24}$/.test(text) ? parsePhoneNumberFromString(text) : undefined;
  if (!number?.isPossible()) {
    throw new AppError(
      "invalid_request",
      "phone_number is not a dialable number: use E.164, such as +12125550100",
    );
  }
  if (number.countryCallingCode !== "1") {
    throw new AppError("destination_not_allowed", "Only numbers in the United States are called");
  }
  const areaCode = number.nationalNumber.slice(0, 3);
  const type = number.getType();
  if (SERVICE_CODES.test(areaCode) || type !== undefined && !PATIENT_LINES.has(type)) {
    throw new AppError("destination_not_allowed", "Toll-free and premium numbers are not called");
  }
  if (number.country !== undefined && number.country !== "US") {
    throw new AppError("destination_not_allowed", "Only numbers in the United States are called");
  }
  if (!/^[2-9]\d{2}[2-9]\d{6}$/.test(number.nationalNumber) && areaCode !== "555") {
    throw new AppError(
      "invalid_request",
      "phone_number is not a North American number: area code and exchange begin with 2 to 9",
    );
  }
  return number.number;
}
