import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  contradictions,
  phonesOf,
  planNow,
  register,
  sweep,
  travel,
  value,
  waiting,
} from "../../support/pool.ts";
import { buy, plan } from "../../support/purchases.ts";

const WAYS: { name: string; arrive: (db: TestDatabase) => Promise<unknown> }[] = [
  { name: "record_purchase_owned", arrive: async (db) => await buy(db, await plan(db)) },
  {
    name: "import_phone_number and the planner",
    arrive: async (db) => {
      await db.query("select import_phone_number('+12125550900', '29357')");
      await planNow(db);
    },
  },
  {
    name: "the sweep",
    arrive: async (db) => {
      await addNumbers(db, 1);
      await sweep(db);
    },
  },
  {
    name: "the planner that the next registration nudges",
    arrive: async (db) => {
      await addNumbers(db, 1);
      await register(db, 1);
      await planNow(db);
    },
  },
  {
    name: "the end of what held it back",
    arrive: async (db) => {
      const [number] = await addNumbers(db, 1);
      await db.query(
        "select phone_pool.hold_back_number(id, 'a test') from phone_numbers where phone_number = $1",
        [number],
      );
      await travel(db, "2 hours");
      assertEquals((await sweep(db)).recheck_held_back_numbers, 1);
    },
  },
];

for (const { name, arrive } of WAYS) {
  Deno.test(`a number that arrives by ${name} goes to who waits longest`, async () => {
    await using db = await createTestDatabase();
    const ids = [...await register(db, 2), ...await register(db, 1)];
    assertEquals(await waiting(db), ids);
    await arrive(db);
    const phones = await phonesOf(db, ids);
    assertEquals(phones.map((phone) => phone !== null), [true, false, false]);
    assertEquals((await waiting(db)).slice(0, 2), ids.slice(1));
    assertEquals(
      await value(
        db,
        `select lower(t.held) > t.requested_at and t.requested_at < phone_pool.clock()
         from phone_pool.tenures t`,
      ),
      true,
      "the tenure remembers since when it had waited",
    );
    assertEquals(await contradictions(db), []);
  });
}

Deno.test("a number serves the oldest whom it suits", async () => {
  await using db = await createTestDatabase();
  const [alaska] = await register(db, 1, { areaCode: "907" });
  const [anywhere] = await register(db, 1);
  const [texas] = await register(db, 1, { areaCode: "512" });
  const arrive = async (phoneNumber: string) => {
    await db.query("select import_phone_number($1, substr($1, 2))", [phoneNumber]);
    await planNow(db);
    return await value(
      db,
      "select organization_id from public.phone_numbers where phone_number = $1",
      [phoneNumber],
    );
  };
  assertEquals(await arrive("+15125550100"), anywhere);
  assertEquals(await arrive("+15125550101"), texas);
  assertEquals(await arrive("+15125550102"), null);
  assertEquals(await arrive("+19075550100"), alaska);
});
