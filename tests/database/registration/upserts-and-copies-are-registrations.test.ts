import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, buyingAlerts, freeNumbers, values } from "../../support/pool.ts";

const UPSERT = `insert into public.organizations (name, slug)
  values ('First', 'first'), ('Second', 'second'), ('Third', 'third')
  on conflict (slug) do`;

Deno.test("an upsert gives a number to whom it inserts and to nobody whom it updates", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 10);
  const phones = () =>
    values<string>(db, "select phone as value from public.organizations order by name");
  await db.query("insert into public.organizations (name, slug) values ('Second', 'second')");
  assertEquals(await phones(), numbers.slice(0, 1));

  await db.query(`${UPSERT} nothing`);
  assertEquals(await phones(), [numbers[1], numbers[0], numbers[2]]);
  await db.query(`${UPSERT} nothing`);
  await db.query(`${UPSERT} update set name = excluded.name`);
  assertEquals(await phones(), [numbers[1], numbers[0], numbers[2]]);
  assertEquals((await freeNumbers(db)).length, 7);
  assertEquals(await buyingAlerts(db), []);
});

Deno.test("COPY registers like INSERT", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  const superuser = await db.connect("supabase_admin");
  await superuser.query(
    `copy public.organizations (name, slug) from program 'printf "a\\tslug-a\\nb\\tslug-b\\n"'`,
  );
  assertEquals(
    await values<string>(db, "select phone as value from public.organizations order by name"),
    numbers.slice(0, 2),
  );
});

Deno.test("a statement that inserts nobody takes nothing", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 6);
  await db.query(
    "insert into public.organizations (name, slug) select 'x', 'x' where false",
  );
  assertEquals(await freeNumbers(db), numbers);
  assertEquals(await buyingAlerts(db), []);
});
