/** Telnyx writes amounts as decimal strings; here they are whole hundred-thousandths, never floats. */
const unit = 100_000;

/** "1.00000" → 100000. */
export function parseAmount(text: string): number {
  const match = /^(-?)(\d+)(?:\.(\d{1,5}))?$/.exec(text);
  if (!match) throw new TypeError(`not a decimal amount with at most five places: ${text}`);
  const [, sign, whole = "0", fraction = ""] = match;
  const amount = Number(whole) * unit + Number(fraction.padEnd(5, "0"));
  return sign ? -amount : amount;
}

/** 100000 → "1.00000". */
export function formatAmount(amount: number, places = 5): string {
  const absolute = Math.abs(amount);
  const fraction = String(absolute % unit).padStart(5, "0").slice(0, places);
  return `${amount < 0 ? "-" : ""}${Math.floor(absolute / unit)}.${fraction}`;
}
