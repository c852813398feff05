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
  const after = Number(status.monthly_cost) + missing * monthly;
  const upfront = price.upfront === null ? "" : `, ${dollars(Number(price.upfront))} once`;
  return [
    `There are  ${status.owned} numbers${where} (${status.available} available), ` +
    `${status.in_flight} on order; ${status.waiting} organizations wait`,
    `Wanted     ${count} numbers${where}: ${missing} more`,
    `Price      ${dollars(monthly)} a month${upfront} each ` +
    (price.isReal ? "(Telnyx, just now)" : "(expected: TELNYX_API_KEY is not set here)"),
    `Budget     ${dollars(Number(status.monthly_cost))} of ${
      dollars(Number(status.monthly_budget))
    } a month now, ${dollars(after)} then; ` +
    `${status.numbers} of ${status.max_numbers} numbers now, ${status.numbers + missing} then`,
  ];
}

/** The numbers bought and those that were not, and why. */
export function describeOutcome(purchases: FollowedPurchase[]): string[] {
  const owned = purchases.filter(({ status }) => status === "owned");
  const monthly = owned.reduce((sum, { monthly_cost }) => sum + Number(monthly_cost), 0);
  const lines = [`Bought     ${owned.length} numbers for ${dollars(monthly)} a month`];
  const byAreaCode = count(owned.map(({ area_code }) => area_code ?? "?"));
  if (owned.length > 0) lines.push(`           ${list(byAreaCode)}`);
  const failed = purchases.filter(({ status }) => status === "failed");
  for (const [reason, times] of count(failed.map(reasonOf))) {
    lines.push(`Failed     ${times} × ${reason}`);
  }
  const underWay = purchases.filter(isUnderWay);
  for (const [reason, times] of count(underWay.map(reasonOf))) {
    lines.push(`Under way  ${times} × ${reason}`);
  }
  return lines;
}

export const isUnderWay = ({ status }: FollowedPurchase): boolean =>
  ["planned", "ordering", "ordered"].includes(status);

const reasonOf = ({ error_class, error, status }: FollowedPurchase) =>
  error_class ? `${error_class}: ${error ?? ""}` : status;

function count(words: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

const list = (counts: [string, number][]) =>
  counts.map(([word, times]) => `${word} × ${times}`).join(", ");
