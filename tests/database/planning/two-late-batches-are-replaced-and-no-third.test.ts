import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { planNow, registerOne } from "../../support/pool.ts";

/** All that is planned was ordered so long ago, and has not come. */
const orderedAgo = (db: TestDatabase, minutes: number) =>
  db.query(
    `with numbered as (
       select id, row_number() over (order by id) + (
         select count(*) from phone_pool.purchases where phone_number is not null) as nth
       from phone_pool.purchases where status = 'planned'
     )
     update phone_pool.purchases p set status = 'ordering',
       phone_number = '+1212555' || lpad(n.nth::text, 4, '0'),
       chosen_at = phone_pool.clock() - $1 * interval '1 minute'
     from numbered n where p.id = n.id`,
    [minutes],
  );

Deno.test("two late batches are replaced; a slow carrier does not eat the budget", async () => {
  await using db = await createTestDatabase();
  const planned: number[] = [];
  for (let batch = 1; batch <= 5; batch++) {
    planned.push(await planNow(db));
    await orderedAgo(db, 16);
  }
  assertEquals(planned, [10, 10, 10, 0, 0]);
  // Each organization that waits is one number more, late or not.
  for (let clinic = 1; clinic <= 6; clinic++) await registerOne(db);
  assertEquals(await planNow(db), 10);
});

Deno.test("what was ordered within a quarter of an hour is on its way", async () => {
  await using db = await createTestDatabase();
  assertEquals(await planNow(db), 10);
  await orderedAgo(db, 14);
  assertEquals(await planNow(db), 0);
  await orderedAgo(db, 14);
  await db.query("update phone_pool.purchases set chosen_at = chosen_at - interval '2 minutes'");
  assertEquals(await planNow(db), 10);
});
