import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { failureOf } from "../../support/failure.ts";
import { countInFlight, on, register, setVault, sweep, waiting } from "../../support/pool.ts";

/** A repeatable read transaction cannot see what another planner planned before it got the lock. */
Deno.test("a registration in a repeatable read transaction leaves planning to the sweep", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set max_numbers = 10");
  const client = await db.connect();
  await client.query("begin isolation level repeatable read");
  await client.query("select count(*) from phone_pool.purchases");
  await register(db, 1);
  assertEquals(await countInFlight(db), 10);
  const [id] = await register(on(client), 1);
  await client.query("commit");
  assertEquals(await countInFlight(db), 10, "it would have planned another 10");
  assertEquals((await waiting(db)).at(-1), id);
  await sweep(db);
  assertEquals(await countInFlight(db), 10);
});

Deno.test("order_phone_numbers refuses one", async () => {
  await using db = await createTestDatabase();
  const client = await db.connect();
  await client.query("begin isolation level repeatable read");
  const { code } = await failureOf(client.query("select order_phone_numbers(1)"));
  assertEquals(code, "PP005");
});
