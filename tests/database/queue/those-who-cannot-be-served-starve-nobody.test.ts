import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, phonesOf, register, sweep } from "../../support/pool.ts";

const REFUSE = `
  create function public.refuse() returns trigger language plpgsql as $$
  begin raise exception 'not this one'; end $$;
  create trigger refuse before update on public.organizations for each row
    when (old.slug like 'refused%') execute function public.refuse()`;

Deno.test("a hundred organizations that cannot be written do not keep the next one waiting", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 0");
  await db.query(
    "insert into organizations (name, slug) select 'x', 'refused ' || i from generate_series(1, 100) i",
  );
  const [waiting] = await register(db, 1);
  await db.query(REFUSE);
  await addNumbers(db, 3);
  await sweep(db);
  await sweep(db);
  const [phone] = await phonesOf(db, [waiting ?? ""]);
  assertEquals(phone, "+12125550001");
  const [newcomer] = await register(db, 1);
  await sweep(db);
  assertEquals((await phonesOf(db, [newcomer ?? ""]))[0], "+12125550002");
});
