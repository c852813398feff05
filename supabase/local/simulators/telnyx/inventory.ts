import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { createRandom, hashBelow } from "./random.ts";
import { createStock, type StockLevels } from "./stock.ts";
import { areaCodesOf, stateOf } from "./us-area-codes.ts";

export interface Inventory {
  /** Numbers for sale in one area code, best first; the same each time until one is sold. */
  inAreaCode(areaCode: string): Generator<string>;
  /** Numbers for sale in several area codes, taken from them in turn. */
  inAreaCodes(areaCodes: string[]): Generator<string>;
  /** The area codes of a state, or all of them in an order that the seed decides. */
  areaCodes(state?: string): string[];
  take(phoneNumber: string): void;
  putBack(phoneNumber: string): void;
  isForSale(phoneNumber: string): boolean;
  setStock(levels: StockLevels): void;
  empty(areaCodes: string[]): void;
}

/** NANP exchanges that can belong to a subscriber: no N11, and not 555. */
const exchanges = Array.from({ length: 800 }, (_, index) => 200 + index)
  .filter((exchange) => exchange % 100 !== 11 && exchange !== 555);
const numbersPerAreaCode = exchanges.length * 10_000;
// No common factor with the count, so that the walk meets every number once.
const stride = 1_234_567;

/** The index-th number of an area code; undefined where libphonenumber knows no such number. */
function numberAt(seed: number, areaCode: string, index: number): string | undefined {
  const start = hashBelow(numbersPerAreaCode, `${seed}:${areaCode}`);
  const position = (start + index * stride) % numbersPerAreaCode;
  const line = String(position % 10_000).padStart(4, "0");
  const text = `+1${areaCode}${exchanges[Math.floor(position / 10_000)]}${line}`;
  const parsed = parsePhoneNumberFromString(text);
  return parsed?.isValid() && parsed.country === "US" ? text : undefined;
}

/** The area code of a US number in E.164. */
export function areaCodeOf(phoneNumber: string): string {
  return phoneNumber.slice(2, 5);
}

function* inTurn(sources: Generator<string>[]): Generator<string> {
  let open = sources;
  while (open.length > 0) {
    const still = [];
    for (const source of open) {
      const next = source.next();
      if (next.done) continue;
      still.push(source);
      yield next.value;
    }
    open = still;
  }
}

function shuffled(seed: number, items: string[]): string[] {
  const random = createRandom(seed);
  return items.map((item) => ({ item, key: random() }))
    .sort((left, right) => left.key - right.key)
    .map(({ item }) => item);
}

/** Numbers for sale, endless or bounded, that the seed repeats exactly. */
export function createInventory(seed: number, levels: StockLevels): Inventory {
  const sold = new Set<string>();
  const stock = createStock(levels);
  const everywhere = shuffled(seed, areaCodesOf());
  const looked = new Map<string, (string | undefined)[]>();

  /** Looked up once: each search begins with the same numbers. */
  function knownAt(areaCode: string, index: number): string | undefined {
    const known = looked.get(areaCode) ?? [];
    looked.set(areaCode, known);
    if (index >= known.length) known.push(numberAt(seed, areaCode, index));
    return known[index];
  }

  function* inAreaCode(areaCode: string): Generator<string> {
    if (stateOf(areaCode) === undefined) return;
    let left = stock.remaining(areaCode);
    for (let index = 0; left > 0 && index < numbersPerAreaCode; index++) {
      const phoneNumber = knownAt(areaCode, index);
      if (phoneNumber === undefined || sold.has(phoneNumber)) continue;
      left -= 1;
      yield phoneNumber;
    }
  }

  return {
    inAreaCode,
    inAreaCodes: (areaCodes) => inTurn(areaCodes.map(inAreaCode)),
    areaCodes: (state) => state === undefined ? everywhere : areaCodesOf(state),
    isForSale: (phoneNumber) =>
      !sold.has(phoneNumber) && stock.remaining(areaCodeOf(phoneNumber)) > 0,
    take(phoneNumber) {
      if (sold.has(phoneNumber)) return;
      sold.add(phoneNumber);
      stock.add(areaCodeOf(phoneNumber), -1);
    },
    putBack(phoneNumber) {
      if (sold.delete(phoneNumber)) stock.add(areaCodeOf(phoneNumber), 1);
    },
    setStock: stock.set,
    empty: (areaCodes) =>
      stock.set({ area_codes: Object.fromEntries(areaCodes.map((code) => [code, 0])) }),
  };
}
