/** The moment at which the views are read. */
export const NOW = new Date("2026-11-18T15:30:00.000Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface RawPool {
  organizations: { id: string; name: string; phone: string | null }[];
  numbers: RawNumber[];
  tenures: RawTenure[];
  requests: { organization_id: string; requested_at: Date }[];
  purchases: RawPurchase[];
  calls: RawCall[];
  carrier: RawCarrierRequest[];
  episodes: { began_at: Date; ended_at: Date | null }[];
}
export interface RawNumber {
  id: string;
  phone_number: string;
  organization_id: string | null;
  status: string;
  monthly_cost: number;
}
export interface RawTenure {
  phone_number_id: string;
  organization_id: string;
  requested_at: Date;
  from: Date;
  until: Date | null;
}
export interface RawPurchase {
  id: string;
  status: string;
  next_attempt_at: Date;
}
export interface RawCall {
  organization_id: string;
  status: string;
  created_at: Date;
  answered_at: Date | null;
  left_at: Date | null;
}
export interface RawCarrierRequest {
  operation: string;
  ok: boolean;
  http_status: number | null;
  error_class: string | null;
  milliseconds: number;
  requested_at: Date;
}

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

const id = (kind: string, index: number) =>
  `00000000-0000-4000-${kind}000-${String(index).padStart(12, "0")}`;

/** Numbers of every state, each with up to two holders one after the other, and what goes with it. */
export function randomPool(seed: number): RawPool {
  const random = createRandom(seed);
  const pool: RawPool = {
    organizations: [],
    numbers: [],
    tenures: [],
    requests: [],
    purchases: [],
    calls: [],
    carrier: [],
    episodes: [],
  };
  const count = random.int(25);
  for (let index = 0; index < count; index++) addNumber(pool, random, index);
  for (let index = 0; index < random.int(6); index++) addWaiting(pool, random, 500 + index);
  for (let index = 0; index < random.int(8); index++) {
    pool.purchases.push({
      id: id("9", index),
      status: random.pick(["planned", "failed", "cancelled"]),
      next_attempt_at: random.before(HOUR),
    });
  }
  for (let index = 0; index < random.int(60); index++) addCall(pool, random);
  for (let index = 0; index < random.int(80); index++) addCarrierRequest(pool, random);
  addEpisodes(pool, random);
  return pool;
}

function addNumber(pool: RawPool, random: Random, index: number) {
  const status = random.pick(["available", "assigned", "assigned", "suspended", "released"]);
  const number: RawNumber = {
    id: id("a", index),
    phone_number: `+1201556${String(index).padStart(4, "0")}`,
    organization_id: null,
    status,
    monthly_cost: random.pick([1, 1.1, 2.25]),
  };
  let from = random.before(random.pick([DAY, 20 * DAY, 150 * DAY])).getTime();
  const holders = status === "available" ? random.int(2) : 1 + random.int(2);
  for (let holder = 0; holder < holders; holder++) {
    const isLast = holder === holders - 1;
    const organization = { id: id("8", index * 2 + holder), name: `Clinic ${index}`, phone: null };
    const isOpen = isLast && status === "assigned";
    const until = new Date(from + Math.floor((NOW.getTime() - from) * (0.1 + random.int(5) / 10)));
    pool.tenures.push({
      phone_number_id: number.id,
      organization_id: organization.id,
      requested_at: new Date(from - random.pick([0, 0, 3, 400, 500, 90_000, 2 * DAY])),
      from: new Date(from),
      until: isOpen ? null : until,
    });
    if (isOpen) number.organization_id = organization.id;
    if (random.chance(0.9) || isOpen) {
      const phone = isOpen ? number.phone_number : null;
      pool.organizations.push({ ...organization, phone });
    }
    from = until.getTime();
  }
  pool.numbers.push(number);
}

function addWaiting(pool: RawPool, random: Random, index: number) {
  pool.organizations.push({ id: id("8", index), name: `Clinic ${index}`, phone: null });
  pool.requests.push({
    organization_id: id("8", index),
    requested_at: random.before(random.pick([HOUR, 3 * DAY, 40 * DAY])),
  });
}

function addCall(pool: RawPool, random: Random) {
  const tenure = pool.tenures[random.int(Math.max(pool.tenures.length, 1))];
  if (!tenure) return;
  const created = random.before(NOW.getTime() - tenure.from.getTime());
  const status = random.pick(["completed", "completed", "no_answer", "refused"]);
  const answered = status === "completed" ? new Date(created.getTime() + 8000) : null;
  pool.calls.push({
    organization_id: tenure.organization_id,
    status,
    created_at: created,
    answered_at: answered,
    left_at: answered && new Date(answered.getTime() + 1 + random.int(900_000)),
  });
}

function addCarrierRequest(pool: RawPool, random: Random) {
  const ok = random.chance(0.8);
  const http_status = ok ? 200 : random.pick([null, 500, 503, 429, 400, 422]);
  pool.carrier.push({
    operation: random.pick(["search", "order", "find_order"]),
    ok,
    http_status,
    error_class: ok ? null : random.pick(["carrier_down", "none_in_stock", "rate_limited"]),
    milliseconds: random.int(3000),
    requested_at: random.before(random.pick([DAY, 7 * DAY, 40 * DAY])),
  });
}

function addEpisodes(pool: RawPool, random: Random) {
  let at = NOW.getTime() - 45 * DAY;
  while (at < NOW.getTime() - DAY && random.chance(0.9)) {
    const began_at = new Date(at + random.int(5 * DAY));
    const ended_at = new Date(began_at.getTime() + random.int(4 * DAY));
    if (began_at > NOW) return;
    const isOpen = ended_at >= NOW;
    pool.episodes.push({ began_at, ended_at: isOpen ? null : ended_at });
    if (isOpen) return;
    at = ended_at.getTime();
  }
}
