import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, on, type Runner, sweep, value } from "../../support/pool.ts";

/** Numbers and dollars as planning counts them, and as they are in the tables. */
const counted = (db: Runner) =>
  db.query<{ numbers: number; usd: number }>(
    `select s.numbers::int, s.committed_usd::float8 as usd from phone_pool.spending(now()) s`,
  );
const there = (db: Runner) =>
  db.query<{ numbers: number; usd: number }>(
    `select count(*) filter (where r.gone_at is null)::int as numbers,
       coalesce(sum(n.monthly_cost), 0)::float8 as usd
     from public.phone_numbers n
     left join phone_pool.carrier_releases r on r.phone_number_id = n.id`,
  );

const GONE = "update phone_pool.carrier_releases set gone_at = phone_pool.clock()";

Deno.test("bought, dearer, given back, there again, gone: at each step, also after a sweep", async () => {
  await using db = await createTestDatabase();
  // Nothing is to be bought, what is counted are the numbers.
  await db.query("update phone_pool.settings set low_water = 0");
  const steps: [what: string, sql: string][] = [
    ["dearer", "update phone_numbers set monthly_cost = 2.5 where phone_number like '%2'"],
    [
      "retired, still rented",
      "select retire_phone_number(max(phone_number), 'x') from phone_numbers",
    ],
    ["gone", GONE],
    ["there again", "update phone_pool.carrier_releases set gone_at = null"],
    ["gone for good", GONE],
    [
      "gone at a price that changes",
      "update phone_numbers set monthly_cost = 9 where status = 'released'",
    ],
  ];
  await addNumbers(db, 4);
  for (const [what, sql] of steps) {
    await db.query(sql);
    const expected = what.startsWith("gone at") ? [{ numbers: 3, usd: 5.5 }] : await there(db);
    assertEquals(await counted(db), expected, what);
    await sweep(db);
    assertEquals(await counted(db), expected, `${what}, and swept`);
  }
  assertEquals(await value(db, "select count(*)::int from phone_pool.rent_changes"), 1);
});

Deno.test("an open transaction that imports numbers keeps no other from counting", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 0");
  const [idle, other] = [on(await db.connect()), on(await db.connect())];
  await idle.query("begin");
  await addNumbers(idle, 2);
  await other.query("set statement_timeout = '2s'");
  await other.query("select import_phone_number('+14155550123', '1')");
  await sweep(other);
  assertEquals(await counted(db), [{ numbers: 1, usd: 1 }]);
  await idle.query("commit");
  await sweep(db);
  assertEquals(await counted(db), [{ numbers: 3, usd: 3 }]);
});
