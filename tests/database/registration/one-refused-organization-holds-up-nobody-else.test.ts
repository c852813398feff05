import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  freeNumbers,
  openAlerts,
  phonesOf,
  planNow,
  register,
  registerOne,
  sweep,
  value,
} from "../../support/pool.ts";
import { buy, plan } from "../../support/purchases.ts";

/** From now on the application refuses a phone for this one organization. */
async function refusePhoneOf(db: TestDatabase, organizationId: string): Promise<void> {
  await db.query(
    `create function public.refuse_of_a_test() returns trigger language plpgsql as $$
     begin
       if new.id = '${organizationId}' then raise exception 'refused by the test'; end if;
       return new;
     end $$`,
  );
  await db.query(
    `create trigger refuse before update on public.organizations
     for each row execute function public.refuse_of_a_test()`,
  );
}

Deno.test("the sweep serves the others and does the rest of its work", async () => {
  await using db = await createTestDatabase();
  const waitingIds = await register(db, 3);
  await refusePhoneOf(db, waitingIds[0] ?? "");
  await addNumbers(db, 3);
  await sweep(db);
  assertEquals((await phonesOf(db, waitingIds)).map((phone) => phone !== null), [
    false,
    true,
    true,
  ]);
  assertEquals((await freeNumbers(db)).length, 1);
  assertEquals((await openAlerts(db)).includes("assignment_failed"), true);
  assertEquals(
    await value(db, "select count(*)::int from phone_pool.heartbeats where job = 'sweep'"),
    1,
  );
});

Deno.test("newcomers have their numbers", async () => {
  await using db = await createTestDatabase();
  const refused = await registerOne(db);
  await refusePhoneOf(db, refused);
  await addNumbers(db, 9);
  const first = await register(db, 1);
  await planNow(db);
  assertEquals((await phonesOf(db, first)).includes(null), false, "they waited behind it once");
  const ids = await register(db, 2);
  assertEquals((await phonesOf(db, ids)).includes(null), false, "and not again");
});

Deno.test("those of its own statement are served by the sweep", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 9);
  const refused = crypto.randomUUID();
  await refusePhoneOf(db, refused);
  const ids = [crypto.randomUUID(), refused, crypto.randomUUID()];
  await db.query(
    "insert into public.organizations (id, name, slug) select id, id, id from unnest($1::uuid[]) id",
    [ids],
  );
  await sweep(db);
  assertEquals((await phonesOf(db, ids)).map((phone) => phone !== null), [true, false, true]);
});

Deno.test("a number bought is recorded and serves the next", async () => {
  await using db = await createTestDatabase();
  const ids = await register(db, 2);
  await refusePhoneOf(db, ids[0] ?? "");
  await buy(db, await plan(db));
  await sweep(db);
  assertEquals((await phonesOf(db, ids)).map((phone) => phone !== null), [false, true]);
});
