import type { FollowedPurchase, Status } from "./status.ts";

export interface Price {
  monthly: string;
  upfront: string | null;
  /** Whether Telnyx has just said so; the price expected by the settings otherwise. */
  isReal: boolean;
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;

/** What is there, and what `missing` more numbers would cost. */
export function describePlan(
  status: Status,
  { count, areaCode, missing, price }: {
    count: number;
    areaCode: string | null;
    missing: number;
    price: Price;
  },
): string[] {
  const where = areaCode ? ` in area code ${areaCode}` : "";
  const monthly = Number(price.monthly);
  const upfront = price.upfront === null ? "" : `, ${dollars(Number(price.upfront))} once`;
  const committed = Number(status.committed);
  const after = committed + missing * (monthly + Number(price.upfront ?? 0));
  return [
    `There are  ${status.owned} numbers${where} (${status.available} available), ` +
    `${status.in_flight} on order; ${status.waiting} organizations wait`,
    `Wanted     ${count} numbers${where}: ${missing} more`,
    `Price      ${dollars(monthly)} a month${upfront} each ` +
    (price.isReal ? "(Telnyx, just now)" : "(expected: TELNYX_API_KEY is not set here)"),
    `Budget     ${dollars(committed)} of ${dollars(Number(status.monthly_budget))} committed ` +
    `this month, ${dollars(after)} then`,
    `Numbers    ${status.numbers} of ${status.max_numbers}, ${status.numbers + missing} then`,
  ];
}

/** Why nothing is bought when not all fits, and what can be done. */
export function describeRefusal(
  { max_numbers, monthly_budget }: Status,
  { missing, room }: { missing: number; room: number },
): string[] {
  return [
    `Refused    there is room for ${room} more numbers, not for ${missing}. Nothing is bought.`,
    `           Ask for fewer (--count), or raise settings.max_numbers (${max_numbers}) or`,
    `           monthly_budget_usd (${Number(monthly_budget)}).`,
  ];
}

/** The numbers bought and those that were not, and why. */
export function describeOutcome(purchases: FollowedPurchase[]): string[] {
  const owned = purchases.filter(({ status }) => status === "owned");
  const monthly = owned.reduce((sum, { monthly_cost }) => sum + Number(monthly_cost), 0);
  const lines = [`Bought     ${owned.length} numbers for ${dollars(monthly)} a month`];
  const byAreaCode = count(owned.map(({ area_code }) => area_code ?? "?"));
  lines.push(...wrapped(byAreaCode.map(([word, times]) => `${word} × ${times}`)));
  const failed = purchases.filter(({ status }) => status === "failed");
  for (const [reason, times] of count(failed.map(reasonOf))) {
    lines.push(`Failed     ${times} × ${reason}`);
  }
  const cancelled = purchases.filter(({ status }) => status === "cancelled");
  for (const [reason, times] of count(cancelled.map(reasonOf))) {
    lines.push(`Cancelled  ${times} × ${reason}`);
  }
  const underWay = purchases.filter(isUnderWay);
  for (const [reason, times] of count(underWay.map(reasonOf))) {
    lines.push(`Under way  ${times} × ${reason}`);
  }
  return lines;
}

export const isUnderWay = ({ status }: FollowedPurchase): boolean =>
  ["asked", "planned", "ordering", "ordered"].includes(status);

const reasonOf = ({ error_class, error, status }: FollowedPurchase) =>
  error_class ? `${error_class}: ${error ?? ""}` : status;

function count(words: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

/** The words with commas between them, in lines of at most 80 columns. */
function wrapped(words: string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last && last.length + word.length + 3 <= 80) {
      lines[lines.length - 1] = `${last}, ${word}`;
    } else {
      if (last) lines[lines.length - 1] = `${last},`;
      lines.push(`           ${word}`);
    }
  }
  return lines;
}
