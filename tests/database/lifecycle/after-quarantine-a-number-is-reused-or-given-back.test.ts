import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  contradictions,
  register,
  registerOne,
  sweep,
  travel,
  value,
} from "../../support/pool.ts";

const COUNTS = `select jsonb_object_agg(status, n) from
  (select status, count(*) as n from public.phone_numbers group by status) c`;

Deno.test("after quarantine the pool keeps what it wants and gives back the rest", async (t) => {
  const cases = [
    { name: "an empty pool wants all", keep: 20, left: 3, expected: { available: 3 } },
    { name: "up to keep_idle_above", keep: 2, left: 3, expected: { available: 2, released: 1 } },
    {
      name: "what a refill would buy, all the same",
      keep: 0,
      left: 3,
      expected: { available: 2, released: 1 },
    },
    {
      name: "more of it by the settings",
      keep: 0,
      left: 4,
      low: 2,
      expected: { available: 3, released: 1 },
    },
    {
      name: "idle numbers count",
      keep: 4,
      left: 3,
      idle: 3,
      expected: { available: 4, released: 2 },
    },
  ];
  for (const { name, keep, left, idle = 0, low = 1, expected } of cases) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      await db.query(
        "update phone_pool.settings set keep_idle_above = $1, low_water = $2, batch_size = 1",
        [keep, low],
      );
      await addNumbers(db, left);
      await register(db, left);
      await travel(db, "2 days");
      await db.query("delete from public.organizations");
      await addNumbers(db, idle);
      await travel(db, "91 days");
      await sweep(db);
      assertEquals(
        await value(
          db,
          "select count(*)::int from public.phone_numbers where status = 'suspended'",
        ),
        left,
      );
      await travel(db, "93 days");
      assertEquals((await sweep(db)).end_quarantines, left);
      assertEquals(await value(db, COUNTS), expected);
      assertEquals(
        await value(
          db,
          "select count(*)::int from phone_pool.carrier_releases where gone_at is null",
        ),
        expected.released ?? 0,
      );
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("while demand is high, what a refill would buy is more", async () => {
  await using db = await createTestDatabase();
  await db.query(
    "update phone_pool.settings set keep_idle_above = 0, low_water = 0, batch_size = 1",
  );
  await db.query("update phone_pool.planner set low_water = 3, batch_size = 2");
  await addNumbers(db, 6);
  await register(db, 6);
  await db.query("delete from public.organizations");
  await travel(db, "91 days");
  await db.query("select phone_pool.end_quarantines()");
  assertEquals(await value(db, COUNTS), { available: 5, released: 1 });
});

Deno.test("what comes out of quarantine serves an organization that waits, by the next sweep", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set keep_idle_above = 0, max_numbers = 1");
  await addNumbers(db, 1);
  const first = await registerOne(db);
  const second = await registerOne(db);
  await db.query("delete from public.organizations where id = $1", [first]);
  await travel(db, "91 days");
  await sweep(db);
  await sweep(db);
  assertEquals(
    await value(db, "select organization_id from public.phone_numbers where status = 'assigned'"),
    second,
  );
});
