import type { Random } from "../../../support/random.ts";

/** What an application writes into organizations.phone; `number` is one of the world's numbers. */
export type Phone =
  | { kind: "null" | "empty" | "words" | "own" }
  | { kind: "e164" | "national" | "dotted" | "extension"; number: number };

export type Isolation = "read committed" | "repeatable read" | "serializable";

/** One act of an application, an operator, the carrier or time: data, so that a script can shrink. */
export type Step =
  & (
    | { do: "insert"; org: number; phone: Phone; areaCode: string | null; status: string | null }
    | { do: "register"; org: number; areaCode: string | null }
    | { do: "undelete"; org: number; phone: Phone; sameRow: boolean; by: "backend" | "stranger" }
    | { do: "write_phone"; org: number; phone: Phone }
    | { do: "upsert"; org: number; phone: Phone; status: string | null }
    | { do: "set_status"; org: number; status: string | null }
    | { do: "delete"; org: number; immediate: boolean }
    | { do: "request"; org: number; areaCode: string | null; replaceOwn: boolean }
    | { do: "replace"; org: number; areaCode: string | null }
    | { do: "release"; org: number }
    | { do: "backfill" }
    | { do: "order"; areaCode: string | null }
    | { do: "import"; number: number; org: number | null }
    | { do: "adopt"; number: number; status: string }
    | { do: "retire"; number: number }
    | { do: "carrier_says"; number: number; status: string }
    | { do: "buy" }
    | { do: "break_writes"; org: number; times: number }
    | { do: "pass"; hours: number }
    | { do: "sweep" }
  )
  & { isolation: Isolation; open?: number };

export const ORGANIZATIONS = 8;
export const NUMBERS = 12;
const AREA_CODES = ["212", "415", "907"];

/** Numbers of three area codes. */
export const numberAt = (index: number): string =>
  `+1${AREA_CODES[index % AREA_CODES.length]}555${String(1000 + index)}`;

export const organizationAt = (index: number): string =>
  `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;

export function phoneText(phone: Phone, org: number): string | null {
  if (phone.kind === "null") return null;
  if (phone.kind === "empty") return "";
  if (phone.kind === "words") return "N/A";
  if (phone.kind === "own") return `+1303555${String(2000 + org)}`;
  if (!("number" in phone)) return null;
  const number = numberAt(phone.number);
  const [area, exchange, line] = [number.slice(2, 5), number.slice(5, 8), number.slice(8)];
  return {
    e164: number,
    national: `(${area}) ${exchange}-${line}`,
    dotted: `1.${area}.${exchange}.${line}`,
    extension: `${area}-${exchange}-${line} x12`,
  }[phone.kind];
}

const STATUSES = ["active", "active", null, "trialing", "canceled"];
const CARRIER = ["active", "active", "missing", "port-out-pending", "emergency-only"];

function phone(random: Random): Phone {
  const number = random.integer(NUMBERS);
  return random.pick<Phone>([
    { kind: "null" },
    { kind: "null" },
    { kind: "empty" },
    { kind: "words" },
    { kind: "own" },
    { kind: "e164", number },
    { kind: "national", number },
    { kind: "dotted", number },
    { kind: "extension", number },
  ]);
}

const areaCode = (random: Random) => random.chance(0.3) ? random.pick(AREA_CODES) : null;

const MAKERS: ((random: Random, org: number, number: number) => Omit<Step, "isolation">)[] = [
  (r, org) => ({
    do: "insert",
    org,
    phone: phone(r),
    areaCode: areaCode(r),
    status: r.pick(STATUSES),
  }),
  (r, org) => ({
    do: "insert",
    org,
    phone: { kind: "null" },
    areaCode: areaCode(r),
    status: "active",
  }),
  (r, org) => ({ do: "register", org, areaCode: areaCode(r) }),
  (r, org) => ({
    do: "undelete",
    org,
    phone: phone(r),
    sameRow: r.chance(0.6),
    by: r.pick(["backend", "stranger"]),
  }),
  (r, org) => ({ do: "write_phone", org, phone: phone(r) }),
  (r, org) => ({ do: "upsert", org, phone: phone(r), status: r.pick(STATUSES) }),
  (r, org) => ({ do: "set_status", org, status: r.pick(STATUSES) }),
  (r, org) => ({ do: "set_status", org, status: r.pick(["canceled", "active"]) }),
  (r, org) => ({ do: "delete", org, immediate: r.chance(0.2) }),
  (r, org) => ({ do: "request", org, areaCode: areaCode(r), replaceOwn: r.chance(0.3) }),
  (r, org) => ({ do: "replace", org, areaCode: areaCode(r) }),
  (_, org) => ({ do: "release", org }),
  () => ({ do: "backfill" }),
  (r) => ({ do: "order", areaCode: areaCode(r) }),
  (r, org, number) => ({ do: "import", number, org: r.chance(0.4) ? org : null }),
  (_r, _org, number) => ({ do: "import", number, org: null }),
  (r, _org, number) => ({ do: "adopt", number, status: r.pick(CARRIER) }),
  (_r, _org, number) => ({ do: "retire", number }),
  (r, _org, number) => ({ do: "carrier_says", number, status: r.pick(CARRIER) }),
  () => ({ do: "buy" }),
  () => ({ do: "buy" }),
  (r, org) => ({ do: "break_writes", org, times: 1 + r.integer(3) }),
  (r) => ({ do: "pass", hours: r.pick([1, 1, 30, 24 * 40, 24 * 100]) }),
  () => ({ do: "sweep" }),
  () => ({ do: "sweep" }),
];

/** A script of so many steps; now and then a transaction stays open while others come after it. */
export function script(random: Random, length: number): Step[] {
  return Array.from({ length }, () => {
    const make = random.pick(MAKERS);
    const made = make(random, random.integer(ORGANIZATIONS), random.integer(NUMBERS));
    const isolation: Isolation = random.chance(0.7)
      ? "read committed"
      : random.pick<Isolation>(["repeatable read", "serializable"]);
    const isHeld = !["buy", "pass", "sweep", "carrier_says", "adopt", "break_writes"]
      .includes(made.do) && random.chance(0.08);
    return { ...made, isolation, ...(isHeld && { open: 1 + random.integer(3) }) } as Step;
  });
}
