/** Numbers that look random and are the same in every run with the same seed. */
export interface Random {
  /** 0 ≤ n < below. */
  integer(below: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  digits(count: number): string;
  uuid(): string;
  /** Text of any characters, unpaired surrogates and control characters among them. */
  text(longest: number): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number) => Math.floor(next() * below);
  const repeat = (count: number, make: () => string) =>
    Array.from({ length: count }, make).join("");
  const digits = (count: number) => repeat(count, () => String(integer(10)));
  const hex = (count: number) => repeat(count, () => integer(16).toString(16));
  const character = () => {
    const top = [0x20, 0x7f, 0x250, 0x3000, 0xe000, 0x110000][integer(6)] ?? 0x7f;
    const code = integer(top);
    return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code);
  };
  return {
    integer,
    digits,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[integer(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
    uuid: () => [8, 4, 4, 4, 12].map(hex).join("-"),
    text: (longest) => repeat(integer(longest + 1), character),
  };
}
