import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { oneHolder, phoneOf, setStatus } from "../../support/lifecycle.ts";
import {
  addNumbers,
  buyingAlerts,
  contradictions,
  existing,
  on,
  phonesOf,
  planNow,
  register,
  registerOne,
  type Runner,
  setVault,
  sweep,
  travel,
  value,
  values,
  waiting,
} from "../../support/pool.ts";

const HELD = "+12125550001";

/** What applications write there. */
const PHONES = [
  "null",
  "''",
  "'-'",
  "'N/A'",
  "'   '",
  "'(212) 555-0001'",
  "'212.555.0001'",
  "'12125550001'",
  "'+12125550001 '",
  "'+12125550002'",
  "'+12125550099'",
  "'303-555-0100'",
  "'911'",
  "'x'",
];

const WAYS: Record<string, (phone: string) => string> = {
  "an update": (phone) => `update organizations set phone = ${phone} where slug = 'one'`,
  "an update of the whole row": (phone) =>
    `update organizations set name = 'New', slug = 'one', settings = '{}', phone = ${phone},
       subscription_status = 'active' where slug = 'one'`,
  "an update of all rows": (phone) => `update organizations set phone = ${phone} where true`,
  "an update from another table": (phone) =>
    `update organizations o set phone = f.phone from (select ${phone}::text as phone) f
     where o.slug = 'one'`,
  "an upsert": (phone) =>
    `insert into organizations (name, slug, phone) values ('New', 'one', ${phone})
     on conflict (slug) do update set name = excluded.name, phone = excluded.phone`,
  "a merge": (phone) =>
    `merge into organizations o using (select ${phone}::text as phone) f on o.slug = 'one'
     when matched then update set phone = f.phone`,
  "a statement with a CTE": (phone) =>
    `with w as (update organizations set phone = ${phone} where slug = 'one' returning id)
     select count(*) from w`,
};

async function scene(db: TestDatabase): Promise<Runner> {
  await setVault(db);
  await addNumbers(db, 3);
  await db.query("insert into organizations (name, slug) values ('One', 'one'), ('Two', 'two')");
  return on(await db.connect("service_role"));
}

Deno.test("whoever writes an organization's phone, it stays the number that it holds", async (t) => {
  await using db = await createTestDatabase();
  const application = await scene(db);
  for (const [way, statement] of Object.entries(WAYS)) {
    await t.step(way, async () => {
      for (const phone of PHONES) {
        await application.query(statement(phone));
        assertEquals(
          await values(db, "select phone as value from organizations order by slug"),
          [HELD, "+12125550002"],
          phone,
        );
      }
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("RETURNING shows it, a warning says how a number is changed, and a drift counts", async () => {
  await using db = await createTestDatabase();
  await scene(db);
  const client = await db.connect();
  const warnings: string[] = [];
  client.on("notice", (notice) => warnings.push(`${notice.message}: ${notice.hint}`));
  const application = on(client);
  for (let i = 0; i < 3; i++) {
    const rows = await application.query(
      "update organizations set phone = '(212) 555-0001' where slug = 'one' returning phone",
    );
    assertEquals(rows, [{ phone: HELD }]);
  }
  assertEquals(warnings.length, 3);
  assertMatch(warnings[0] ?? "", /stays …0001: .*replace_phone_number\(\)/);
  assertEquals(warnings.join().includes("2125550001"), false, "no number whole in a log");
  const drift = () => db.query("select class, phone_number, occurrences from admin_drift");
  assertEquals(await drift(), [{
    class: "phone_overwritten",
    phone_number: HELD,
    occurrences: 3,
  }]);
  await application.query("update organizations set name = 'New' where slug = 'one'");
  await application.query(`update organizations set phone = '${HELD}' where slug = 'one'`);
  assertEquals((await drift())[0]?.occurrences, 3, "what is right is no drift");
  assertEquals(await buyingAlerts(db), []);
});

Deno.test("no number of the pool is shown by an organization that does not hold it", async (t) => {
  const situations: Record<string, (db: TestDatabase) => Promise<string>> = {
    "waits": async (db) => await registerOne(db, { areaCode: "907" }),
    "has a phone of its own": (db) => registerOne(db, { phone: "303-555-0100" }),
    "has left": (db) => registerOne(db, { status: "canceled" }),
    "has none on purpose": async (db) => {
      const id = await registerOne(db);
      await db.query("select unassign_phone_number($1, 'x')", [id]);
      return id;
    },
  };
  for (const [what, create] of Object.entries(situations)) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      const application = await scene(db);
      const id = await create(db);
      const before = await phoneOf(db, id);
      // Held, resting or free; as it is and reformatted.
      for (const phone of [HELD, "(212) 555-0002", "12125550003"]) {
        for (const change of ["", ", name = 'New', settings = '{}'"]) {
          await application.query(`update organizations set phone = $2 ${change} where id = $1`, [
            id,
            phone,
          ]);
          assertEquals(await phoneOf(db, id), before, phone);
        }
      }
      const upsert = `insert into organizations (id, name, slug, phone) values ($1, 'x', 'x', $2)
        on conflict (id) do update set phone = excluded.phone`;
      await application.query(upsert, [id, HELD]);
      assertEquals(await phoneOf(db, id), before);
      await sweep(db);
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("a copy of another clinic's row does not show that one's number", async () => {
  await using db = await createTestDatabase();
  await scene(db);
  await db.query(
    "insert into organizations (name, slug, phone) select name, 'copy', phone from organizations where slug = 'one'",
  );
  await db.query(
    "insert into organizations (name, slug, phone) values ('Next', 'next', '2125550001')",
  );
  assertEquals(
    await values(db, "select phone as value from organizations order by slug"),
    ["+12125550003", null, HELD, "+12125550002"],
  );
  assertEquals((await waiting(db)).length, 1);
});

Deno.test("no digits is no phone: a waiting clinic that saves a form keeps its place and is served", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const ids = await register(db, 5);
  for (const [k, phone] of ["", "-", "N/A", "  ", "tbd"].entries()) {
    await db.query("update organizations set phone = $2 where id = $1", [ids[k], phone]);
  }
  await sweep(db);
  assertEquals(await waiting(db), ids);
  const numbers = await addNumbers(db, 5);
  await planNow(db);
  assertEquals(await phonesOf(db, ids), numbers);
});

Deno.test("no digits is no phone: registered, requested or back with it, it gets a number", async (t) => {
  for (const phone of ["", "-", "N/A", " ", "n/a – ask"]) {
    await t.step(JSON.stringify(phone), async () => {
      await using db = await createTestDatabase();
      const numbers = await addNumbers(db, 3);
      const registered = await registerOne(db, { phone });
      const requested = await existing(db, { phone });
      await db.query("select request_phone_number($1)", [requested]);
      const back = await registerOne(db, { phone, status: "canceled" });
      await setStatus(db, back, "active");
      assertEquals(await phonesOf(db, [registered, requested, back]), numbers);
    });
  }
});

// As applications format: before ours and after it, by the names of the triggers.
const format = (name: string) =>
  `create function public.format_phone() returns trigger language plpgsql as $$
   begin
     new.phone := regexp_replace(new.phone, '^\\+1(\\d{3})(\\d{3})(\\d{4})$', '(\\1) \\2-\\3');
     return new;
   end $$;
   create trigger ${name} before insert or update on organizations
     for each row execute function public.format_phone()`;

for (const name of ["a_format", "zz_format"]) {
  Deno.test(`${name}, a formatter of the application's: put back hourly at most, and gone with the number`, async () => {
    await using db = await createTestDatabase();
    await db.query(format(name));
    const { organizationId, phoneNumber } = await oneHolder(db);
    const formatted = "(212) 555-0001";
    const occurrences = () =>
      value<number>(db, "select coalesce(sum(occurrences), 0)::int from phone_pool.drifts");
    assertEquals([await phoneOf(db, organizationId), await occurrences()], [formatted, 0]);
    for (let i = 0; i < 5; i++) await sweep(db);
    assertEquals([await phoneOf(db, organizationId), await occurrences()], [formatted, 1]);
    await travel(db, "61 minutes");
    for (let i = 0; i < 5; i++) await sweep(db);
    assertEquals(await occurrences(), 2);

    await setStatus(db, organizationId, "canceled");
    assertEquals(await phoneOf(db, organizationId), null);
    await setStatus(db, organizationId, "active");
    assertEquals(await phoneOf(db, organizationId), formatted, "its own number again");
    await db.query("select unassign_phone_number($1, 'x')", [organizationId]);
    await travel(db, "92 days");
    await sweep(db);
    await sweep(db);
    assertEquals([await phoneOf(db, organizationId)], [null]);
    await registerOne(db);
    assertEquals(
      await value(db, "select organization_id <> $2 from phone_numbers where phone_number = $1", [
        phoneNumber,
        organizationId,
      ]),
      true,
    );
  });
}

Deno.test("a formatter AFTER the update that writes again: the statement ends", async () => {
  await using db = await createTestDatabase();
  await db.query("create sequence public.updates");
  await db.query(
    `create function public.format_phone() returns trigger language plpgsql as $$
     begin
       perform nextval('public.updates');
       update organizations set phone = '(212) 555-0001' where id = new.id and phone like '+1%';
       return null;
     end $$`,
  );
  await db.query(
    `create trigger format after update on organizations for each row
     when (new.phone like '+1%') execute function public.format_phone()`,
  );
  const numbers = await addNumbers(db, 1);
  const id = await registerOne(db);
  const updates = await value<number>(db, "select last_value::int from public.updates");
  assert(updates < 10, `${updates} updates`);
  assertEquals(await phonesOf(db, [id]), ["(212) 555-0001"], "as the application wants it for now");
  assertEquals(await value(db, "select organization_id from phone_numbers"), id);
  await db.query("drop trigger format on organizations");
  await travel(db, "2 hours");
  await sweep(db);
  assertEquals(await phonesOf(db, [id]), numbers);
});

Deno.test("what came in past all triggers is put right by the sweep, and counted", async () => {
  await using db = await createTestDatabase();
  await scene(db);
  const two = await value<string>(db, "select id from organizations where slug = 'two'");
  await db.query("select unassign_phone_number($1, 'x')", [two]);
  await db.query("set session_replication_role = replica");
  await db.query("update organizations set phone = case slug when 'one' then '-' else $1 end", [
    HELD,
  ]);
  await db.query("set session_replication_role = origin");
  assertEquals((await sweep(db)).look_after_organizations, 2);
  assertEquals(
    await values(db, "select phone as value from organizations order by slug"),
    [HELD, null],
  );
  assertEquals(
    await values(
      db,
      "select phone_number || ' ' || occurrences as value from phone_pool.drifts where closed_at is null",
    ),
    [`${HELD} 1`],
  );
  assertEquals((await sweep(db)).look_after_organizations, 0);
});

Deno.test("a drift of a phone ends a day after it last happened", async () => {
  await using db = await createTestDatabase();
  const application = await scene(db);
  await application.query("update organizations set phone = '-' where slug = 'one'");
  const open = () =>
    value<number>(db, "select count(*)::int from phone_pool.drifts where closed_at is null");
  const reconcile = async () => {
    const id = await value(db, "select phone_pool_worker.begin_reconciliation('connection')");
    await db.query("select phone_pool_worker.finish_reconciliation($1)", [id]);
  };
  await travel(db, "23 hours");
  await reconcile();
  assertEquals(await open(), 1);
  await travel(db, "25 hours");
  await reconcile();
  assertEquals(await open(), 0);
});

Deno.test("a number is replaced, released and given back although phones are kept", async () => {
  await using db = await createTestDatabase();
  await scene(db);
  const id = await value<string>(db, "select id from organizations where slug = 'one'");
  await db.query("select replace_phone_number($1, 'spam')", [id]);
  assertEquals(await phoneOf(db, id), "+12125550003");
  await db.query("select unassign_phone_number($1, 'x')", [id]);
  assertEquals(await phoneOf(db, id), null);
  assertEquals(
    await outcomeOf(
      db.query("update organizations set phone = '+13035550100' where id = $1", [id]),
    ),
    "ok",
  );
  assertEquals(await phoneOf(db, id), "+13035550100", "a phone of its own");
  assert((await waiting(db)).length === 0);
});
