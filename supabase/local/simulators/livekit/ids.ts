const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** An id the way LiveKit makes them: prefix, underscore, twelve unambiguous characters. */
export function newId(prefix: "RM" | "PA" | "SCL" | "AD" | "AJ" | "EV"): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `${prefix}_${Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join("")}`;
}
