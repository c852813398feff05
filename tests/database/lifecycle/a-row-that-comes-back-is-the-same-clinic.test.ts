import { assertEquals, assertNotEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { oneHolder, phoneOf, setStatus, tenuresOf } from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  freeNumbers,
  on,
  phonesOf,
  planNow,
  register,
  registerOne,
  type Runner,
  setVault,
  sweep,
  travel,
  waiting,
} from "../../support/pool.ts";

/** A clinic that was deleted with its number, the copy of its row, and two other numbers. */
async function deleted(db: TestDatabase) {
  const { organizationId, phoneNumber } = await oneHolder(db);
  await addNumbers(db, 2, { areaCode: "415" });
  await db.query("create table public.backup as select * from organizations");
  await db.query("grant select on public.backup to authenticated");
  await db.query("delete from organizations where true");
  return { organizationId, phoneNumber };
}

/** A client that may insert and update any organization, by row security. */
async function client(db: TestDatabase): Promise<Runner> {
  await db.query("grant insert, select, update, delete on organizations to authenticated");
  await db.query("create policy anybody on organizations to authenticated using (true)");
  return on(await db.connect("authenticated", { sub: crypto.randomUUID() }));
}

const columns = "id, name, slug, phone, settings, subscription_status, created_at";
const restore = (changes: Record<string, string> = {}) =>
  `insert into organizations (${columns}) select ${
    columns.split(", ").map((column) => changes[column] ?? column).join(", ")
  } from backup`;

/** What is inserted under the id of the deleted clinic, and whether it is the same one. */
const ROWS: [what: string, changes: Record<string, string>, byClient: boolean][] = [
  ["the row as it was", {}, true],
  ["the row without its phone", { phone: "null" }, true],
  ["the row with an empty phone", { phone: "''" }, true],
  ["the row with its phone in another format", { phone: "'(212) 555-0001'" }, true],
  ["another name", { name: "'Renamed'" }, true],
  ["another slug", { slug: "'other'" }, false],
  ["another created_at", { created_at: "now()" }, false],
  ["created_at a microsecond later", { created_at: "created_at + interval '0.000001'" }, false],
  ["no slug it could know, and the phone", { slug: "'x'", created_at: "now()" }, false],
];

for (const who of ["a client", "the backend"] as const) {
  Deno.test(`deleted and inserted again by ${who}: its own number, if it is the same row`, async (t) => {
    for (const [what, changes, byClient] of ROWS) {
      await t.step(what, async () => {
        await using db = await createTestDatabase();
        const { organizationId, phoneNumber } = await deleted(db);
        const writer = who === "a client" ? await client(db) : on(await db.connect("service_role"));
        await db.query("grant select on public.backup to service_role");
        await writer.query(restore(changes));
        const phone = await phoneOf(db, organizationId);
        if (byClient || who === "the backend") {
          assertEquals(phone, phoneNumber);
          assertEquals(await tenuresOf(db, phoneNumber), ["resumed", "held"]);
        } else {
          assertEquals(phone, "+14155550002", "another one");
          assertEquals(await tenuresOf(db, phoneNumber), ["left"]);
        }
        assertEquals(await contradictions(db), []);
      });
    }
  });
}

/** How somebody might come by the number of a deleted clinic whose id is known. */
const ATTACKS: Record<
  string,
  (db: TestDatabase, attacker: Runner, id: string) => Promise<unknown>
> = {
  "inserted as canceled, then set active": async (_db, attacker, id) => {
    await attacker.query(restore({ slug: "'x'", subscription_status: "'canceled'" }));
    await setStatus(attacker, id, "active");
  },
  "inserted as canceled with its phone": async (db, attacker, id) => {
    await attacker.query(
      restore({ slug: "'x'", created_at: "now()", subscription_status: "'canceled'" }),
    );
    assertEquals(await phoneOf(db, id), null, "it does not even show it");
    await setStatus(attacker, id, "active");
  },
  "inserted with a phone of its own, which the backend replaces": async (db, attacker, id) => {
    await attacker.query(restore({ slug: "'x'", phone: "'3035550100'" }));
    await db.query("select request_phone_number($1, p_replace_own => true)", [id]);
  },
  "inserted as canceled, then set active where that fails": async (db, attacker, id) => {
    await attacker.query(restore({ slug: "'x'", subscription_status: "'canceled'" }));
    await db.query("alter table organizations disable trigger organizations_follow_status");
    await setStatus(attacker, id, "active");
    await db.query("select backfill_organizations()");
    await sweep(db);
    await planNow(db);
  },
  "inserted, and the slug changed to the deleted one's": async (_db, attacker, id) => {
    await attacker.query(
      restore({ slug: "'x'", created_at: "now()", subscription_status: "'canceled'" }),
    );
    await attacker.query(
      "update organizations o set slug = b.slug from backup b where b.id = o.id",
    );
    await setStatus(attacker, id, "active");
  },
  "by register_organization": (_db, attacker) =>
    attacker.query(
      `select register_organization(to_jsonb(b) - 'created_at' || '{"slug": "x"}') from backup b`,
    ),
};

Deno.test("nobody takes over the number of a deleted clinic by its id", async (t) => {
  for (const [what, attack] of Object.entries(ATTACKS)) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      const { organizationId, phoneNumber } = await deleted(db);
      await attack(db, await client(db), organizationId);
      assertEquals(await phoneOf(db, organizationId), "+14155550002");
      assertEquals(await tenuresOf(db, phoneNumber), ["left"]);
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("restored as canceled, it has its own again when it is active", async () => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber } = await deleted(db);
  const writer = await client(db);
  await writer.query(restore({ subscription_status: "'canceled'" }));
  await sweep(db);
  assertEquals(await phoneOf(db, organizationId), null);
  await setStatus(writer, organizationId, "active");
  assertEquals(await phoneOf(db, organizationId), phoneNumber);
});

Deno.test("restored too late: it does not show the number that another clinic holds by then", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const { organizationId, phoneNumber } = await deleted(db);
  await travel(db, "2 days");
  await sweep(db);
  const ids = await register(db, 3);
  assertEquals((await phonesOf(db, ids)).includes(phoneNumber), true);
  const writer = on(await db.connect("service_role"));
  await db.query("grant select on public.backup to service_role");
  await writer.query(restore());
  assertEquals([await phoneOf(db, organizationId), await waiting(db)], [null, [organizationId]]);
  assertEquals(await contradictions(db), []);
});

Deno.test("a hundred rows of a backup, by one statement, in other ways to insert, and within a transaction", async (t) => {
  const many = async (db: TestDatabase, count: number) => {
    await addNumbers(db, count);
    await register(db, count);
    await db.query("create table public.backup as select * from organizations");
  };
  const phones = (db: TestDatabase) =>
    db.query(
      `select count(*)::int as same from organizations o join backup b using (id, phone)`,
    );
  const ways: Record<string, string> = {
    "one statement": `delete from organizations where true; ${restore()}`,
    "one transaction": `begin; delete from organizations where true; ${restore()}; commit`,
    "constraints immediate":
      `begin; set constraints all immediate; delete from organizations where true; ${restore()}; commit`,
    "an upsert of everything": `${restore({ phone: "null" })}
      on conflict (id) do update set phone = excluded.phone, name = excluded.name`,
    "an upsert after half of them is deleted":
      `delete from organizations where id < '80000000-0000-0000-0000-000000000000';
       ${restore({ phone: "''" })} on conflict (id) do update set phone = excluded.phone`,
    "a merge": `delete from organizations where true;
      merge into organizations o using backup b on o.id = b.id
      when not matched then insert (${columns})
        values (b.id, b.name, b.slug, null, b.settings, b.subscription_status, b.created_at)
      when matched then update set phone = null`,
    "a merge over what is there": `merge into organizations o using backup b on o.id = b.id
      when matched then update set phone = null, name = b.name`,
    "repeatable read": `begin isolation level repeatable read; delete from organizations where true;
      ${restore()}; commit`,
    "serializable": `begin isolation level serializable; delete from organizations where true;
      ${restore()}; commit`,
  };
  for (const [what, sql] of Object.entries(ways)) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      await many(db, 100);
      await db.query(sql);
      assertEquals(await phones(db), [{ same: 100 }]);
      assertEquals([await contradictions(db), await freeNumbers(db)], [[], []]);
    });
  }
});

Deno.test("where no trigger fires the sweep puts it right", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const { organizationId, phoneNumber } = await deleted(db);
  await db.query("set session_replication_role = replica");
  await db.query(restore());
  await db.query("set session_replication_role = origin");
  await sweep(db);
  await planNow(db);
  assertEquals(await phoneOf(db, organizationId), phoneNumber);
  assertEquals(await contradictions(db), []);
});

Deno.test("deleted where no trigger fires, nobody takes over its number by its id", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const [phoneNumber = ""] = await addNumbers(db, 2);
  const organizationId = await registerOne(db);
  await db.query("set session_replication_role = replica");
  await db.query("delete from organizations where id = $1", [organizationId]);
  await db.query("set session_replication_role = origin");
  await travel(db, "2 days");
  await sweep(db);
  assertEquals(await tenuresOf(db, phoneNumber), ["left"]);
  const stranger = await client(db);
  await stranger.query("insert into organizations (id, name, slug) values ($1, 'x', 'x')", [
    organizationId,
  ]);
  assertEquals(await tenuresOf(db, phoneNumber), ["left"]);
  assertEquals((await phoneOf(db, organizationId)) === phoneNumber, false);
});

Deno.test("organizations are deleted whatever was said of constraints", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 3);
  await register(db, 2);
  await registerOne(db);
  await db.query("begin");
  await db.query("set constraints all immediate");
  assertEquals(await outcomeOf(db.query("delete from organizations where true")), "ok");
  await db.query("commit");
  for (const number of numbers) assertEquals(await tenuresOf(db, number), ["left"]);
  assertNotEquals(numbers.length, 0);
});

Deno.test("a login that never changed its role is no more trusted than one that did", async () => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber } = await deleted(db);
  const clerk = on(await db.connect("supabase_admin"));
  await clerk.query("create role phone_pool_test_clerk");
  try {
    await clerk.query("grant insert, select, update on organizations to phone_pool_test_clerk");
    await clerk.query("grant select on backup to phone_pool_test_clerk");
    await clerk.query(
      "create policy clerks on organizations to phone_pool_test_clerk using (true)",
    );
    await clerk.query("set session authorization phone_pool_test_clerk");
    await clerk.query(restore({ slug: "'other'" }));
    assertNotEquals(await phoneOf(db, organizationId), phoneNumber);
  } finally {
    await clerk.query("reset session authorization");
    await clerk.query("drop owned by phone_pool_test_clerk");
    await clerk.query("drop role phone_pool_test_clerk");
  }
});
