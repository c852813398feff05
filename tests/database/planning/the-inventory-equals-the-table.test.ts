import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addNumbers, register, value } from "../../support/pool.ts";
import { buy, plan } from "../../support/purchases.ts";

const STEPS: { name: string; act: (db: TestDatabase) => Promise<unknown> }[] = [
  { name: "several added", act: (db) => addNumbers(db, 7) },
  { name: "one bought", act: async (db) => await buy(db, await plan(db)) },
  { name: "one assigned", act: (db) => register(db, 1) },
  {
    name: "one released by its organization",
    act: (db) => db.query("delete from public.organizations"),
  },
  {
    name: "a price that changed",
    act: (db) => db.query("update public.phone_numbers set monthly_cost = monthly_cost * 1.5"),
  },
  {
    name: "known already",
    act: (db) => db.query("select add_phone_number('+12125550001', 'another id')"),
  },
];

Deno.test("the inventory is what counting would find, whatever happens", async (t) => {
  await using db = await createTestDatabase();
  for (const { name, act } of STEPS) {
    await t.step(name, async () => {
      await act(db);
      const counted = await value(
        db,
        `select format('%s for %s', count(*), sum(monthly_cost)) from public.phone_numbers
         where status <> 'released'`,
      );
      const kept = await value(
        db,
        "select format('%s for %s', numbers, monthly_cost) from phone_pool.inventory",
      );
      assertEquals(kept, counted);
    });
  }
});
