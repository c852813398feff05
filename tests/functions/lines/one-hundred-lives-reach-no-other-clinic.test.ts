import { assert, assertEquals } from "../../support/assert.ts";
import { buyNumbers } from "../../support/account.ts";
import { createRandom } from "../../support/random.ts";
import { type Supply, withSupply } from "../../support/supply.ts";
import { sweep } from "./support/lines.ts";
import {
  beBorn,
  type Clinic,
  entitled,
  live,
  notApplied,
  ownerOfName,
  ownerOfTarget,
} from "./support/lives.ts";
import { CALM, createUnsureWorker, type Risks } from "./support/unsure-worker.ts";

const LIVES = 100;
const NUMBERS = 15;
const RISKY: Risks = { killed: 25, lost: 12, late: 12, stale: 40 };
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** A patient rings each number ever used, and is rung by it: what reached the wrong clinic. */
async function breaches(supply: Supply, clinics: Clinic[]): Promise<string[]> {
  const { ring, shownName } = supply.simulator.control;
  return (await entitled(supply.db)).flatMap(({ phone_number, status, organization_id }) => {
    const theirs = clinics.find(({ id }) => id === organization_id)?.nth;
    const end = ring(phone_number);
    const name = status === "assigned" ? shownName(phone_number) : null;
    return [
      ...(end.ends === "forwarded" && ownerOfTarget(end.to) !== theirs
        ? [`${phone_number} (${status}) of ${theirs} reaches ${end.to}`]
        : []),
      ...(name !== null && ownerOfName(name) !== theirs
        ? [`${phone_number} of ${theirs} shows ${name}`]
        : []),
    ];
  });
}

/** Every clinic lives, while Telnyx is away now and then; what was wrong, and what is not applied. */
async function world(supply: Supply, risks: Risks, { stopsAtFirst = false } = {}) {
  const random = createRandom(Number(Deno.env.get("LINES_SEED") ?? 20261125));
  const worker = createUnsureWorker(supply, random);
  await supply.db.query(
    `update phone_pool.settings set quarantine_days = 30, caller_name_listing = true,
       keep_idle_above = 1000, low_water = 0, forecast = false`,
  );
  await buyNumbers(supply, NUMBERS);
  const clinics: Clinic[] = [];
  const wrong: string[] = [];
  for (let step = 0; step < 5 * LIVES && !(stopsAtFirst && wrong.length > 0); step++) {
    if (clinics.length < LIVES && step % 5 === 0) {
      clinics.push(await beBorn(supply, clinics.length, random));
    }
    // The young more often than the old, which have mostly left.
    const back = Math.min(random.integer(12), clinics.length - 1);
    await live(supply, random.pick(clinics.slice(-1 - back)), random);
    if (random.chance(0.04)) worker.setAway(true);
    else if (random.chance(0.1)) worker.setAway(false);
    if (random.chance(0.7)) await sweep(supply.db);
    if (random.chance(0.6)) await worker.run(risks);
    wrong.push(...await breaches(supply, clinics));
    await worker.pass(random.chance(0.4) ? random.integer(12 * DAY) : random.integer(20 * MINUTE));
    wrong.push(...await breaches(supply, clinics));
  }
  worker.setAway(false);
  for (let last = 0; last < 2; last++) {
    await worker.pass(61);
    await sweep(supply.db);
    await worker.run(CALM);
  }
  return { wrong, notApplied: await notApplied(supply.db), clinics };
}

Deno.test("one hundred lives: no call and no name is another clinic's, and all is applied", async () => {
  await withSupply({}, async (supply) => {
    const { wrong, notApplied, clinics } = await world(supply, RISKY);
    assertEquals(clinics.length, LIVES);
    assertEquals(wrong, []);
    assertEquals(notApplied, []);
    const { holders } = (await supply.db.query<{ holders: number }>(
      `select max(c)::int as holders from (
         select count(distinct organization_id) as c from phone_pool.tenures
         group by phone_number_id) t`,
    ))[0] ?? { holders: 0 };
    assert(holders >= 3, "numbers were hardly reused: the lives prove nothing");
  });
});

Deno.test("without the constraint such lives reach another clinic", async () => {
  await withSupply({}, async (supply) => {
    await supply.db.query(
      `create or replace function phone_pool.line_allows(
         p_phone_number_id uuid, p_organization_id uuid default null) returns boolean
         language sql as 'select true';
       drop trigger lines_stay_neutral on phone_pool.lines`,
    );
    const { wrong } = await world(supply, RISKY, { stopsAtFirst: true });
    assert(wrong.length > 0, "the constraint is not what keeps clinics apart");
  });
});

Deno.test("without reading back they do, too", async () => {
  await withSupply({}, async (supply) => {
    const { wrong } = await world(supply, { ...RISKY, unread: true }, { stopsAtFirst: true });
    assert(wrong.length > 0, "reading back is not what keeps clinics apart");
  });
});
