import { of, type Result, type Spread } from "./report.ts";

/** One side of a comparison: one run of it is one block, and returns what it measured. */
export interface Side {
  name: string;
  run(): Promise<number>;
}

/** Runs all sides in turn (A B C, A B C …), so that the machine's mood falls on all alike. */
export async function compareBlocks(
  what: string,
  unit: string,
  pairs: number,
  sides: Side[],
  goals: Record<string, number> = {},
): Promise<Result[]> {
  const values = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let pair = 0; pair < pairs; pair++) {
    for (const side of sides) values.get(side.name)?.push(await side.run());
  }
  return pairwise(what, unit, values, goals);
}

/** The first side's values against those of each other side, pair by pair. */
export function pairwise(
  what: string,
  unit: string,
  values: Map<string, number[]>,
  goals: Record<string, number> = {},
): Result[] {
  const [[side, own], ...others] = [...values] as [[string, number[]], ...[string, number[]][]];
  return others.map(([against, other]) => ({
    what: `${what}: ${side} ÷ ${against}`,
    unit: "×",
    ...spread(own.map((value, pair) => value / (other[pair] ?? NaN))),
    atMost: goals[against],
    behind: `${of(spread(own).median)} / ${of(spread(other).median)} ${unit}`,
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

/** The mean without the slowest twentieth. */
export function trimmedMean(values: number[]): number {
  const kept = values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length * 0.95));
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** The median of each of five equal parts: a spread for what is measured one by one. */
export function parts(values: number[], measure = trimmedMean): number[] {
  const size = Math.ceil(values.length / 5);
  return Array.from({ length: 5 }, (_, part) => values.slice(part * size, (part + 1) * size))
    .filter((chunk) => chunk.length > 0).map(measure);
}
