export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** One line of the table. */
export interface Result extends Spread {
  what: string;
  /** ×: a ratio. */
  unit: string;
  /** The goal, if there is one. */
  atMost?: number;
  /** The values that a ratio was made of. */
  behind?: string;
}

/** What was measured once. */
export const once = (value: number): Spread => ({ median: value, least: value, most: value });

export function printResults(results: Result[]): void {
  for (const { what, unit, median, least, most, atMost, behind } of results) {
    const range = least === most ? "" : `(${of(least)}–${of(most)})`;
    const goal = atMost === undefined
      ? ""
      : `goal ≤ ${atMost}${median <= atMost ? "" : ", missed"}`;
    console.log(
      `  ${what.padEnd(66)} ${`${of(median)} ${unit}`.padStart(10)} ${range.padEnd(15)} ` +
        `${goal.padEnd(20)} ${behind ?? ""}`.trimEnd(),
    );
  }
}

/** A figure as it is read: three digits that count, no more than two after the point. */
export function of(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return String(Number(Number(value.toPrecision(3)).toFixed(2)));
}
