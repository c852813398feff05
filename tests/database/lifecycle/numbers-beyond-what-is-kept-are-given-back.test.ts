import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  countInFlight,
  freeNumbers,
  planNow,
  register,
  setVault,
  sweep,
  travel,
  value,
} from "../../support/pool.ts";

const released = (db: Parameters<typeof sweep>[0]) =>
  value<number>(
    db,
    `select count(*)::int from phone_numbers n join phone_pool.carrier_releases r
       on r.phone_number_id = n.id where n.status = 'released' and n.retired_at is null`,
  );

Deno.test("200 idle numbers: after 30 days those beyond keep_idle_above go back, the youngest first", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const numbers = await addNumbers(db, 200);
  await travel(db, "29 days");
  await sweep(db);
  assertEquals((await freeNumbers(db)).length, 200);
  await travel(db, "31 days");
  assertEquals((await sweep(db)).give_back_surplus, 50, "a bounded number a run");
  for (let i = 0; i < 5; i++) await sweep(db);
  assertEquals(await freeNumbers(db), numbers.slice(0, 20));
  assertEquals(await released(db), 180);
  assertEquals([await planNow(db), await countInFlight(db)], [0, 0], "and nothing is bought again");
});

Deno.test("what a refill would buy up to is kept, whatever keep_idle_above says", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query(
    "update phone_pool.settings set keep_idle_above = 0, low_water = 7, batch_size = 6",
  );
  await addNumbers(db, 40);
  await travel(db, "31 days");
  await sweep(db);
  await sweep(db);
  assertEquals((await freeNumbers(db)).length, 13);
});

Deno.test("numbers that came only lately stay, however many there are", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 30);
  await travel(db, "31 days");
  const young = await addNumbers(db, 30, { areaCode: "415" });
  await sweep(db);
  const free = await freeNumbers(db);
  assertEquals(free.filter((number) => young.includes(number)), young);
  assertEquals(free.length, 30, "of the old ones none is needed beside them");
});

Deno.test("one that came out of quarantine counts from then on", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set keep_idle_above = 40");
  await addNumbers(db, 30);
  await register(db, 30);
  await travel(db, "2 days");
  await db.query("delete from organizations where true");
  await travel(db, "93 days");
  await sweep(db);
  assertEquals((await freeNumbers(db)).length, 30);
  await db.query("update phone_pool.settings set keep_idle_above = 20");
  await travel(db, "122 days");
  await sweep(db);
  assertEquals((await freeNumbers(db)).length, 30);
  await travel(db, "124 days");
  await sweep(db);
  assertEquals((await freeNumbers(db)).length, 20);
});

Deno.test("organizations that wait for an area code keep their numbers' worth", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set area_code_wait = '100 days'");
  await addNumbers(db, 30);
  await travel(db, "31 days");
  await register(db, 4, { areaCode: "907" });
  await sweep(db);
  assertEquals((await freeNumbers(db)).length, 24);
});
