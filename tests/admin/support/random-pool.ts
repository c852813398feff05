import { addNumber } from "./random-numbers.ts";
import { createRandom, DAY, HOUR, id, NOW, type Random } from "./random.ts";

export interface RawPool {
  organizations: { id: string; name: string; phone: string | null }[];
  numbers: RawNumber[];
  tenures: RawTenure[];
  requests: { organization_id: string; requested_at: Date; failures: number }[];
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
  purchased_at: Date;
  /** When Telnyx had deleted it; null: it is rented still. */
  gone_at: Date | null;
}
export interface RawTenure {
  phone_number_id: string;
  organization_id: string;
  requested_at: Date;
  from: Date;
  until: Date | null;
  quarantine_until: Date | null;
  resumed_at: Date | null;
}
export interface RawPurchase {
  id: string;
  status: string;
  next_attempt_at: Date;
  upfront_cost: number | null;
  owned_at: Date | null;
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
  for (let index = 0; index < random.int(12); index++) addPurchase(pool, random, index);
  for (let index = 0; index < random.int(60); index++) addCall(pool, random);
  for (let index = 0; index < random.int(80); index++) addCarrierRequest(pool, random);
  addEpisodes(pool, random);
  return pool;
}

function addPurchase(pool: RawPool, random: Random, index: number) {
  const status = random.pick(["planned", "failed", "cancelled", "owned", "owned"]);
  const isOwned = status === "owned";
  pool.purchases.push({
    id: id("9", index),
    status,
    next_attempt_at: random.before(HOUR),
    upfront_cost: isOwned ? random.pick([null, 0, 1, 2.5]) : null,
    owned_at: isOwned ? random.before(random.pick([10 * DAY, 90 * DAY])) : null,
  });
}

function addWaiting(pool: RawPool, random: Random, index: number) {
  pool.organizations.push({ id: id("8", index), name: `Clinic ${index}`, phone: null });
  pool.requests.push({
    organization_id: id("8", index),
    requested_at: random.before(random.pick([HOUR, 3 * DAY, 40 * DAY])),
    failures: random.pick([0, 0, 1]),
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
