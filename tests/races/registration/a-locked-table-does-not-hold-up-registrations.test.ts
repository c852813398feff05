import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, phonesOf, register, sweep } from "../../support/pool.ts";
import { openSession, start, until } from "../../support/sessions.ts";

for (const table of ["phone_pool.settings", "public.phone_numbers"]) {
  Deno.test(`a registration gives up waiting for ${table}, which a migration holds`, async () => {
    await using db = await createTestDatabase();
    await addNumbers(db, 9);
    const [a, b] = [await openSession(db), await openSession(db)];
    await a.query("begin");
    await a.query(`lock table ${table} in access exclusive mode`);
    const registering = start(b, (session) => register(session, 1));
    try {
      await until(() => registering.isDone(), "the registration has finished", 15);
    } finally {
      await a.query("commit");
    }
    await sweep(db);
    const [phone] = await phonesOf(db, await registering.result);
    assertEquals(typeof phone, "string", "the sweep has served it");
  });
}
