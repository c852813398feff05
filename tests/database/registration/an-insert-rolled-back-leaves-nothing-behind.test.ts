import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  countInFlight,
  countNudges,
  freeNumbers,
  on,
  phonesOf,
  planNow,
  register,
  setVault,
  waiting,
} from "../../support/pool.ts";

for (const count of [1, 5, 8]) {
  Deno.test(`${count} inserted with 5 in the pool and rolled back: nothing has happened`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    const numbers = await addNumbers(db, 5);
    const client = await db.connect();
    await client.query("begin");
    await register(on(client), count);
    assertEquals(await countNudges(on(client)), 1, "it would have bought");
    await client.query("rollback");

    assertEquals(await freeNumbers(db), numbers);
    assertEquals(await waiting(db), []);
    assertEquals(await countInFlight(db), 0);
    assertEquals(await countNudges(db), 0);
    assertEquals(await buyingAlerts(db), []);

    const ids = await register(db, 1);
    assertEquals(await phonesOf(db, ids), [numbers[0] ?? null], "the same number is used");
    await planNow(db);
    assertEquals(await countInFlight(db), 10);
  });
}
