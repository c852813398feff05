import type { RawNumber, RawPool, RawTenure } from "./random-pool.ts";
import { DAY, HOUR, id, NOW, type Random } from "./random.ts";

/** A number, and up to two holders one after the other, of whom the second may be the first again. */
export function addNumber(pool: RawPool, random: Random, index: number): void {
  const status = random.pick(["available", "assigned", "assigned", "suspended", "released"]);
  const begin = random.before(random.pick([DAY, 20 * DAY, 150 * DAY])).getTime();
  const number: RawNumber = {
    id: id("a", index),
    phone_number: `+1201556${String(index).padStart(4, "0")}`,
    organization_id: null,
    status,
    monthly_cost: random.pick([1, 1.1, 2.25]),
    // Of the pool, or bought after the first holder had asked.
    purchased_at: new Date(begin - random.pick([0, 100, 30_000, 9 * DAY])),
    gone_at: null,
  };
  const holders = status === "available" ? random.int(2) : 1 + random.int(2);
  let from = begin;
  let last: RawTenure | undefined;
  for (let holder = 0; holder < holders; holder++) {
    const isBack = last !== undefined && random.chance(0.3);
    const isOpen = holder === holders - 1 && status === "assigned";
    const tenure = nextTenure(random, number, id("8", index * 2 + (isBack ? 0 : holder)), from);
    if (isOpen) tenure.until = tenure.quarantine_until = null;
    if (last) endQuarantine(random, last, tenure, isBack);
    pool.tenures.push(tenure);
    addHolder(pool, random, number, tenure, isOpen);
    last = tenure;
    const until = tenure.until?.getTime() ?? from;
    // Until the next one it rests, or has rested and is idle.
    from = until + Math.min(random.pick([0, 2 * HOUR, 3 * DAY]), (NOW.getTime() - until) / 2);
  }
  if (status === "released" && random.chance(0.7)) {
    const left = last?.until ?? NOW;
    number.gone_at = new Date(left.getTime() + random.int(NOW.getTime() - left.getTime()));
  }
  pool.numbers.push(number);
}

function nextTenure(
  random: Random,
  number: RawNumber,
  organization_id: string,
  from: number,
): RawTenure {
  const until = from + (NOW.getTime() - from) * (0.1 + random.int(5) / 10);
  return {
    phone_number_id: number.id,
    organization_id,
    requested_at: new Date(from - random.pick([0, 0, 3, 400, 500, 60_000, 90_000, 2 * DAY])),
    from: new Date(from),
    until: new Date(until),
    // Over, or not over yet.
    quarantine_until: new Date(until + random.pick([0, 5 * DAY, 90 * DAY])),
    resumed_at: null,
  };
}

/** Nobody else holds a number before its quarantine is over; the same organization may be back. */
function endQuarantine(random: Random, last: RawTenure, next: RawTenure, isBack: boolean): void {
  const between = next.from.getTime() - (last.until?.getTime() ?? 0);
  if (isBack) {
    last.resumed_at = next.from;
    last.quarantine_until = new Date(next.from.getTime() + 5 * DAY);
  } else {
    const rests = random.pick([between, between / 2]);
    last.quarantine_until = new Date((last.until?.getTime() ?? 0) + rests);
  }
}

function addHolder(
  pool: RawPool,
  random: Random,
  number: RawNumber,
  tenure: RawTenure,
  isOpen: boolean,
): void {
  const phone = isOpen ? number.phone_number : null;
  if (isOpen) number.organization_id = tenure.organization_id;
  const known = pool.organizations.find(({ id }) => id === tenure.organization_id);
  if (known) known.phone = phone;
  else if (isOpen || random.chance(0.9)) {
    pool.organizations.push({ id: tenure.organization_id, name: "Clinic", phone });
  }
}
