/** The moment at which the views are read. */
export const NOW = new Date("2026-11-18T15:30:00.000Z");

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const id = (kind: string, index: number) =>
  `00000000-0000-4000-${kind}000-${String(index).padStart(12, "0")}`;

export interface Random {
  int(below: number): number;
  pick<T>(values: readonly [T, ...T[]]): T;
  chance(share: number): boolean;
  /** Within so many milliseconds before NOW. */
  before(range: number): Date;
}

/** Mulberry32: the same seed, the same pool. */
export function createRandom(seed: number): Random {
  let state = seed * 2_654_435_761;
  const next = () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    pick: ([first, ...rest]) => [first, ...rest][int(rest.length + 1)] ?? first,
    chance: (share) => next() < share,
    before: (range) => new Date(NOW.getTime() - 1 - Math.floor(next() * range)),
  };
}
