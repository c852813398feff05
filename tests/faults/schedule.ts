import { createRandom } from "../../supabase/local/simulators/telnyx/random.ts";
import { FAULTS, LOCAL_FAULTS, REFUSED_AREA_CODES } from "./faults.ts";

/** What happens beside Telnyx. */
const ACCIDENTS = ["worker killed", "nudges lost", "nudges doubled"] as const;
const CRASHES = ["backend killed", "server killed"] as const;
export type Accident = typeof ACCIDENTS[number] | typeof CRASHES[number];

export interface Phase {
  faults: string[];
  /** With which probability each of them strikes. */
  share: number;
  /** It lasts until Telnyx was asked so often, for some seconds at most. */
  requests: number;
  accident: Accident | null;
  /** After how many of the requests the accident happens. */
  accidentAfter: number;
  /** Area codes of the organizations that register meanwhile, by statement. */
  organizations: (string | null)[][];
}

/** What is left of the faults while every organization is served within two minutes. */
export interface Service {
  faults: string[];
  share: number;
  dearShare: number;
  /** Area codes of the organizations that register, by the second at which they do. */
  arrivals: Record<number, (string | null)[]>;
  /** Of a nudge that a registration sends; not two in a row. */
  nudgeLoss: number;
}

export interface Schedule {
  seed: number;
  /** Whether Postgres is killed: then no other run may use that server. */
  crashes: boolean;
  phases: Phase[];
  service: Service;
  /** What the client that sat in its transaction all the time does in the end. */
  idleEnd: "commit" | "rollback";
  settings: { max_numbers: number; monthly_budget_usd: number; low_water: number };
  monthlyCost: string;
  upfrontCost: string;
  orderDelayMs: number;
}

const AREA_CODES = [null, null, null, ...REFUSED_AREA_CODES, "907"];
const ARRIVALS = [0, 20, 50];

/** What the run of this seed does: everything in it follows from the seed. */
export function createSchedule(seed: number): Schedule {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const many = (most: number) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(AREA_CODES));
  const names = Object.keys(FAULTS);
  const local = Object.keys(LOCAL_FAULTS);
  // Each fault has its turn in a series of runs, with others beside it; so has each accident.
  const own = names[seed % names.length] ?? "none";
  const ownLocal = local[seed % local.length] ?? "none";
  const crashes = seed % 10 === 3;
  const accidents = crashes ? [...ACCIDENTS, ...CRASHES] : ACCIDENTS;
  const ownAccident = crashes ? CRASHES[Math.floor(seed / 10) % 2] : ACCIDENTS[seed % 3];
  const phases = Array.from({ length: 2 }, (_, place): Phase => ({
    faults: [own, ...random() < 0.5 ? [pick(names)] : [], ...random() < 0.3 ? [pick(local)] : []],
    share: pick([0.3, 0.6, 1]),
    requests: 6 + Math.floor(random() * 12),
    accidentAfter: Math.floor(random() * 6),
    accident: place === 1 ? ownAccident ?? null : random() < 0.25 ? pick(accidents) : null,
    organizations: [many(2), many(2)],
  }));
  return {
    seed,
    crashes,
    phases,
    service: {
      faults: [ownLocal, ...random() < 0.6 ? [pick(local)] : []],
      share: pick([0.5, 1]),
      dearShare: pick([0.2, 0.4]),
      arrivals: Object.fromEntries(ARRIVALS.map((second) => [second, many(5)])),
      nudgeLoss: pick([0, 0.5, 1]),
    },
    idleEnd: pick(["commit", "rollback"]),
    settings: {
      max_numbers: pick([6, 12, 100]),
      monthly_budget_usd: pick([9, 20, 200]),
      low_water: pick([1, 3]),
    },
    monthlyCost: pick(["1.00000", "1.00000", "1.30000"]),
    upfrontCost: pick(["0.00000", "1.00000"]),
    orderDelayMs: pick([0, 0, 30]),
  };
}
