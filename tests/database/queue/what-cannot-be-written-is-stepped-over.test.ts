import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  freeNumbers,
  phonesOf,
  planNow,
  register,
  registerOne,
  setVault,
  sweep,
  travel,
  value,
  values,
  waiting,
} from "../../support/pool.ts";

/** From now on the application refuses these phones, or any phone of the organizations `slug`. */
async function refuse(db: TestDatabase, phones: string[], slug = "none") {
  await db.query(
    `create sequence public.attempts;
     create function public.refuse_of_a_test() returns trigger language plpgsql as $$
     begin
       if new.phone = any (tg_argv[0]::text[]) or (new.phone is not null and new.slug like tg_argv[1])
       then
         perform nextval('public.attempts');
         raise exception 'refused by the test';
       end if;
       return new;
     end $$;
     create trigger refuse before update on public.organizations for each row
       execute function public.refuse_of_a_test('{${phones.join(",")}}', '${slug}')`,
  );
}

const attempts = (db: TestDatabase) =>
  value<number>(
    db,
    "select case when is_called then last_value else 0 end::int from public.attempts",
  );

const heldBack = (db: TestDatabase) =>
  values<string>(
    db,
    `select phone_number as value from public.phone_numbers
     where status = 'suspended' and suspended_until = 'infinity' order by 1`,
  );

const alerts = (db: TestDatabase, kind: string) =>
  values<string>(
    db,
    `select message as value from phone_pool.alerts
     where kind = $1 and closed_at is null and quiet_since is null order by message`,
    [kind],
  );

for (const bad of [1, 2]) {
  Deno.test(`${bad} of 8 numbers cannot be written: the others are given in order, and it is said which`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    const ids = await register(db, 6);
    const numbers = await addNumbers(db, 8);
    await refuse(db, numbers.slice(0, bad));
    await sweep(db);
    assertEquals(await phonesOf(db, ids), numbers.slice(bad, bad + 6));
    assertEquals(await attempts(db), bad, "each number once");
    assertEquals(await heldBack(db), numbers.slice(0, bad));
    const held = await alerts(db, "number_held_back");
    assertEquals(held.length, bad);
    assertMatch(held[0] ?? "", /^…0001: it could not be written to an organization$/);
    assertEquals(await alerts(db, "assignment_failed"), [], "no organization is to blame");
    const newcomers = await register(db, 2);
    assertEquals(
      await phonesOf(db, newcomers),
      [...numbers.slice(bad + 6), null, null].slice(0, 2),
    );
  });
}

Deno.test("more numbers that cannot be written than one organization tries", async () => {
  await using db = await createTestDatabase();
  const ids = await register(db, 4);
  const numbers = await addNumbers(db, 14);
  await refuse(db, numbers.slice(0, 7));
  await sweep(db);
  assertEquals(await phonesOf(db, ids), [null, ...numbers.slice(7, 10)]);
  assertEquals(await attempts(db), 7, "each number once");
  assertEquals(await heldBack(db), numbers.slice(5, 7), "of the others it is not proven");
  assertMatch((await alerts(db, "assignment_failed")).join(), /^…0001: refused by the test$/);
});

Deno.test("a number that is equal to a clinic's phone, where phones are unique", async () => {
  await using db = await createTestDatabase();
  await db.query("alter table public.organizations add unique (phone)");
  const ids = await register(db, 3);
  const numbers = await addNumbers(db, 8);
  // Where no trigger of ours looks, such as in a restore.
  await db.query("set session_replication_role = replica");
  await db.query(
    "insert into public.organizations (name, slug, phone) select 'x', n, n from unnest($1::text[]) n",
    [numbers.slice(0, 3)],
  );
  await db.query("set session_replication_role = origin");
  await planNow(db);
  await planNow(db);
  assertEquals(await phonesOf(db, ids), numbers.slice(3, 6));
});

Deno.test("an organization that cannot be written is tried once a run, less and less often", async () => {
  await using db = await createTestDatabase();
  const [bad, good] = [await registerOne(db), await registerOne(db)];
  await db.query("update public.organizations set slug = 'bad' where id = $1", [bad]);
  await addNumbers(db, 150);
  await refuse(db, [], "bad");
  await sweep(db);
  assertEquals((await phonesOf(db, [bad, good])).map((phone) => phone !== null), [false, true]);
  const first = await attempts(db);
  assert(first > 0 && first <= 5, `${first} attempts`);
  assertEquals(await heldBack(db), [], "no number is to blame");

  const free = await freeNumbers(db);
  const newcomers: string[] = [];
  for (let i = 0; i < 100; i++) newcomers.push(await registerOne(db));
  assertEquals(await phonesOf(db, newcomers), free.slice(0, 100), "at once");
  await sweep(db);
  assertEquals(await attempts(db), first, "a registration does not try it, nor a sweep too early");

  for (const [minutes, runs] of [[2, 1], [3, 1], [5, 2], [6, 2], [600, 3]] as const) {
    await travel(db, `${minutes} minutes`);
    await sweep(db);
    const most = first + 5 * runs;
    assert(await attempts(db) <= most, `after ${minutes} minutes: ${await attempts(db)}`);
  }
  assertEquals(await waiting(db), [bad], "it keeps its place");
  assertMatch((await alerts(db, "assignment_failed")).join(), /^…\d{4}: refused by the test$/);
  await db.query("drop trigger refuse on public.organizations");
  await travel(db, "700 minutes");
  await sweep(db);
  assertEquals((await phonesOf(db, [bad])).includes(null), false);
  assertEquals(await alerts(db, "assignment_failed"), []);
  assertEquals((await freeNumbers(db)).length, 48);
});

Deno.test("an organization that came back and cannot be written stops neither serving nor planning", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 1);
  const back = await registerOne(db);
  await db.query("update public.organizations set subscription_status = 'canceled'");
  await db.query("update public.organizations set slug = 'bad'");
  const next = await register(db, 2);
  await refuse(db, [], "bad");
  await db.query("update public.organizations set subscription_status = 'active' where id = $1", [
    back,
  ]);
  assertEquals((await waiting(db)).includes(back), true);
  const [number] = await addNumbers(db, 1);
  assertEquals(await planNow(db), 10);
  assertEquals(await phonesOf(db, next), [number ?? null, null]);

  await db.query("drop trigger refuse on public.organizations");
  await travel(db, "2 hours");
  await planNow(db);
  assertEquals(await phonesOf(db, [back]), ["+12125550001"], "its own, all the same");
});
