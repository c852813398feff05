import { z } from "zod";

/** How many numbers an area code still has for sale. */
const level = z.union([z.literal("endless"), z.int().nonnegative()]);

export const stockLevels = z.strictObject({
  /** Every area code at once, those set before too; left out: unchanged. */
  default: level.optional(),
  area_codes: z.record(z.string().regex(/^[2-9]\d\d$/), level).optional(),
});
export type StockLevels = z.infer<typeof stockLevels>;

export interface Stock {
  remaining(areaCode: string): number;
  add(areaCode: string, count: number): void;
  set(levels: StockLevels): void;
}

/** Keeps count of what each area code has left; an endless one stays endless. */
export function createStock(levels: StockLevels): Stock {
  const byAreaCode = new Map<string, number>();
  let defaultLevel = Infinity;
  const countOf = (wanted: z.infer<typeof level>) => wanted === "endless" ? Infinity : wanted;
  const remaining = (areaCode: string) => byAreaCode.get(areaCode) ?? defaultLevel;

  function set(next: StockLevels) {
    if (next.default !== undefined) {
      defaultLevel = countOf(next.default);
      byAreaCode.clear();
    }
    for (const [areaCode, wanted] of Object.entries(next.area_codes ?? {})) {
      byAreaCode.set(areaCode, countOf(wanted));
    }
  }

  set(levels);
  return {
    remaining,
    add: (areaCode, count) => byAreaCode.set(areaCode, Math.max(0, remaining(areaCode) + count)),
    set,
  };
}
