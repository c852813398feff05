import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { on, rolledBack, type Runner, value, values } from "../../support/pool.ts";
import { createRandom, type Random } from "../../support/random.ts";
import { areaCodeLevel, areaCodesToBuy, type Wanted } from "../area-codes.ts";

Deno.test("as many are kept in SQL and in the simulation", async () => {
  await using db = await createTestDatabase();
  const random = createRandom(11);
  const levels = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const all = 4 + random.integer(2045);
    const facts = [1 + random.integer(all), all, random.integer(8000) / 4, random.integer(1100)];
    const [arrivals = 0, , perDay = 0, pool = 0] = facts;
    const level = await value<number>(
      db,
      "select phone_pool.area_code_level($1, $2, $3, $4)",
      facts,
    );
    assertEquals(level, areaCodeLevel(arrivals, all, perDay, pool), facts.join());
    levels.add(level);
  }
  assert(levels.size > 50 && levels.has(0));
});

const AREA_CODES = ["212", "303", "415", "617", "907"];

function randomStock(random: Random): (string | null)[] {
  return Array.from({ length: random.integer(30) }, () => random.pick([...AREA_CODES, null]));
}

/** 808 stands for those that nobody wants. */
async function write(
  db: Runner,
  wanted: Wanted[],
  free: (string | null)[],
  onOrder: (string | null)[],
): Promise<void> {
  await db.query(
    `insert into phone_pool.area_code_forecasts
       (area_code, arrivals, arrivals_per_day, immediate_share, keep)
     select w."areaCode", w.arrivals, 1, 0, w.keep
     from jsonb_to_recordset($1) w ("areaCode" text, arrivals int, keep int)`,
    [JSON.stringify(wanted)],
  );
  await db.query(
    `insert into public.phone_numbers
       (phone_number, telnyx_phone_number_id, area_code, monthly_cost)
     select '+1' || a.code || '555' || lpad(a.place::text, 4, '0'), a.place::text, a.code, 1
     from (select coalesce(f, '808') as code, place
       from unnest($1::text[]) with ordinality u (f, place)) a`,
    [free],
  );
  await db.query(
    `insert into phone_pool.purchases (reason, area_code, monthly_cost, next_attempt_at, planned_at)
     select 'low_water', a, 1, now(), now() from unnest($1::text[]) a`,
    [onOrder],
  );
}

Deno.test("and the same is bought", async () => {
  await using db = await createTestDatabase();
  const session = on(await db.connect());
  const random = createRandom(12);
  let bought = 0;
  for (let i = 0; i < 100; i++) {
    const wanted = AREA_CODES.slice(random.integer(5)).map((areaCode) => ({
      areaCode,
      arrivals: 4 + random.integer(20),
      keep: random.integer(12),
    }));
    const [free, onOrder, most] = [randomStock(random), randomStock(random), random.integer(30)];
    await rolledBack(session, async () => {
      await write(session, wanted, free, onOrder);
      const areaCodes = await values<string>(
        session,
        "select unnest(phone_pool.area_codes_to_buy($1)) as value",
        [most],
      );
      assertEquals(areaCodes, areaCodesToBuy(wanted, [...free, ...onOrder], most), `case ${i}`);
      bought += areaCodes.length;
    });
  }
  assert(bought > 300, `${bought}`);
});
