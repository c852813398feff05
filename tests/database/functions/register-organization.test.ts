import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { failureOf, outcomeOf } from "../../support/failure.ts";
import { addNumbers, freeNumbers, on, type Runner, value, waiting } from "../../support/pool.ts";

interface Row extends Record<string, unknown> {
  id: string | null;
  name: string | null;
  phone: string | null;
}

const registerBy = async (db: Runner, organization: unknown): Promise<Row> => {
  const [row] = await db.query<Row>(
    "select (r).* from (select register_organization($1) as r offset 0) f",
    [JSON.stringify(organization)],
  );
  assert(row);
  return row;
};

const count = (db: Runner) => value<number>(db, "select count(*)::int from public.organizations");

Deno.test("the row comes back with its phone, which an insert does not show", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  const service = on(await db.connect("service_role"));
  const [plain] = await service.query<{ phone: string | null }>(
    "insert into organizations (name, slug) values ('A', 'a') returning phone",
  );
  assertEquals(plain, { phone: null });
  const row = await registerBy(service, { name: "B", slug: "b" });
  assertEquals([row.name, row.phone], ["B", numbers[1] ?? null]);
});

Deno.test("exactly the columns given, of every type; the others have their defaults", async () => {
  await using db = await createTestDatabase();
  const [near] = await addNumbers(db, 8, { areaCode: "415" });
  const id = crypto.randomUUID();
  const row = await registerBy(db, {
    id,
    name: "C",
    slug: "c",
    settings: { area_code: "415", list: [1, { deep: true }], text: "x" },
    created_at: "2020-02-03T04:05:06Z",
  });
  assertEquals(row.phone, near);
  assertEquals(
    await value(
      db,
      `select jsonb_build_array(o.id, o.settings -> 'list', o.created_at = '2020-02-03 04:05:06Z',
         o.subscription_status) from organizations o`,
    ),
    [id, [1, { deep: true }], true, null],
  );
  await db.query("alter table organizations alter subscription_status set default 'trialing'");
  await registerBy(db, { name: "D", slug: "d" });
  await registerBy(db, { name: "E", slug: "e", subscription_status: null });
  assertEquals(
    await value(
      db,
      "select jsonb_agg(subscription_status order by name) from organizations where name > 'C'",
    ),
    ["trialing", null],
    "a null that is given is a null",
  );
});

Deno.test("no number: phone is null, and it waits; left, or with a phone of its own: as it was given", async () => {
  await using db = await createTestDatabase();
  const row = await registerBy(db, { name: "A", slug: "a" });
  assertEquals([row.phone, await waiting(db)], [null, [row.id]]);
  await addNumbers(db, 3);
  const left = await registerBy(db, { name: "B", slug: "b", subscription_status: "canceled" });
  const own = await registerBy(db, { name: "C", slug: "c", phone: "(303) 555-0100" });
  assertEquals([left.phone, own.phone], [null, "(303) 555-0100"]);
});

Deno.test("what is no organization is refused", async (t) => {
  await using db = await createTestDatabase();
  await addNumbers(db, 3);
  const cases: [what: string, organization: unknown, code: string, detail: RegExp][] = [
    ["null", null, "PP005", /object of columns/],
    ["a list", [{ name: "x" }], "PP005", /object of columns/],
    ["a text", "x", "PP005", /object of columns/],
    ["an unknown column", { name: "x", slug: "x", colour: 1, size: 2 }, "PP005", /size, colour/],
    ["a column of the system", { name: "x", slug: "x", ctid: "(0,1)" }, "PP005", /ctid/],
    [
      "a statement for a name",
      { "name) values ('x'); drop table organizations; --": 1 },
      "PP005",
      /drop table/,
    ],
    ["a name in upper case", { Name: "x", slug: "x" }, "PP005", /Name/],
    ["nothing", {}, "23502", /./],
    ["a missing name", { slug: "x" }, "23502", /./],
    ["an id that is none", { id: "x", name: "x", slug: "x" }, "22P02", /^$/],
  ];
  for (const [what, organization, code, detail] of cases) {
    await t.step(what, async () => {
      const failure = await failureOf(registerBy(db, organization));
      assertEquals(failure.code, code);
      assertMatch(failure.detail, detail);
    });
  }
  await t.step("SQL null", async () => {
    assertEquals(await outcomeOf(db.query("select register_organization(null)")), "PP005");
  });
  await registerBy(db, { name: "x", slug: "taken" });
  await t.step("one that is there", async () => {
    assertEquals(await outcomeOf(registerBy(db, { name: "x", slug: "taken" })), "23505");
  });
  assertEquals([await count(db), (await freeNumbers(db)).length], [1, 2]);
});

async function signUp(db: TestDatabase): Promise<Runner> {
  await db.query("grant insert, select on organizations to authenticated");
  await db.query(
    `create policy own on organizations to authenticated using (slug = auth.uid()::text)
     with check (slug = auth.uid()::text)`,
  );
  return on(await db.connect("authenticated", { sub: "00000000-0000-4000-8000-000000000001" }));
}

Deno.test("it runs as the caller: row security and grants of organizations apply", async () => {
  await using db = await createTestDatabase();
  const [number] = await addNumbers(db, 8);
  const user = await signUp(db);
  const mine = "00000000-0000-4000-8000-000000000001";
  const other = "00000000-0000-4000-8000-000000000002";
  assertEquals((await registerBy(user, { name: "Mine", slug: mine })).phone, number);
  assertEquals(await outcomeOf(registerBy(user, { name: "Other", slug: other })), "42501");
  await db.query("revoke insert on organizations from authenticated");
  await db.query("grant insert (name) on organizations to authenticated");
  assertEquals(await outcomeOf(registerBy(user, { name: "Mine", slug: mine })), "42501");
  const anon = on(await db.connect("anon"));
  assertEquals(await outcomeOf(registerBy(anon, { name: "x", slug: "x" })), "42501");
  assertEquals(await count(db), 1);
});

Deno.test("triggers of the application find their tables, and may keep a row out", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 8);
  await db.query("create table public.welcome (organization_id uuid)");
  await db.query(
    `create function public.greet() returns trigger language plpgsql as $$
     begin
       if new.slug = 'unwanted' then return null; end if;
       insert into welcome values (new.id);
       return new;
     end $$`,
  );
  await db.query(
    `create trigger greet before insert on organizations for each row execute function greet()`,
  );
  assert((await registerBy(db, { name: "A", slug: "a" })).phone);
  assertEquals((await registerBy(db, { name: "B", slug: "unwanted" })).id, null);
  assertEquals(await value(db, "select count(*)::int from welcome"), 1);
});
