import { parsePhoneNumberFromString } from "libphonenumber-js/max";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);

/** In E.164 form; without a country it is taken for one of the United States. */
export function toE164(text: string | undefined): string | undefined {
  const number = parsePhoneNumberFromString(text ?? "", "US");
  return number?.isPossible() ? number.number : undefined;
}
