/** One side of a comparison: one run of it is one block, and returns what it measured. */
export interface Side {
  name: string;
  run(): Promise<number>;
}

export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** The first side against another: ratios pair by pair, and the values behind them. */
export interface Comparison {
  what: string;
  side: string;
  against: string;
  unit: string;
  ratio: Spread;
  sideValue: Spread;
  againstValue: Spread;
}

/** Runs all sides in turn (A B C, A B C …), so that the machine's mood falls on all alike. */
export async function compareBlocks(
  what: string,
  unit: string,
  pairs: number,
  sides: Side[],
): Promise<Comparison[]> {
  const values = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let pair = 0; pair < pairs; pair++) {
    for (const side of sides) values.get(side.name)?.push(await side.run());
  }
  return pairwise(what, unit, values);
}

/** The first side's values against those of each other side, pair by pair. */
export function pairwise(what: string, unit: string, values: Map<string, number[]>): Comparison[] {
  const [[side, own], ...others] = [...values] as [[string, number[]], ...[string, number[]][]];
  return others.map(([against, other]) => ({
    what,
    side,
    against,
    unit,
    ratio: spread(own.map((value, pair) => value / (other[pair] ?? NaN))),
    sideValue: spread(own),
    againstValue: spread(other),
  }));
}

export function spread(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}

/** Of sorted values, the nearest rank. */
export function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
