import { assertEquals, assertNotEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { leave, oneHolder, phoneOf, setStatus, tenuresOf } from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  openAlerts,
  planNow,
  registerOne,
  travel,
  value,
} from "../../support/pool.ts";

const WAYS: Record<string, (db: TestDatabase, organizationId: string) => Promise<unknown>> = {
  "its status is active again": (db, id) => setStatus(db, id, "active"),
  "it has no status any more": (db, id) => setStatus(db, id, null),
  "it asks for a number": async (db, id) => {
    await setStatusQuietly(db, id);
    await db.query("select request_phone_number($1)", [id]);
  },
  "it asks for another area code": async (db, id) => {
    await setStatusQuietly(db, id);
    await db.query("select request_phone_number($1, '415')", [id]);
  },
  "a backfill finds it": async (db, id) => {
    await setStatusQuietly(db, id);
    await db.query("select backfill_organizations()");
    await planNow(db);
  },
};

// As if the trigger had failed.
async function setStatusQuietly(db: TestDatabase, id: string) {
  await db.query("alter table public.organizations disable trigger organizations_follow_status");
  await setStatus(db, id, "active");
  await db.query("alter table public.organizations enable trigger organizations_follow_status");
}

Deno.test("whoever comes back within the quarantine gets its own number", async (t) => {
  for (const [name, comeBack] of Object.entries(WAYS)) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      const { organizationId, phoneNumber } = await oneHolder(db);
      await leave(db, organizationId);
      await addNumbers(db, 3);
      await travel(db, "89 days");
      await comeBack(db, organizationId);
      assertEquals(await phoneOf(db, organizationId), phoneNumber);
      assertEquals(await tenuresOf(db, phoneNumber), ["resumed", "held"]);
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("a quarantine begun anew does not end before the first would have", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set quarantine_days = 365");
  const { organizationId, phoneNumber } = await oneHolder(db);
  await leave(db, organizationId);
  await db.query("update phone_pool.settings set quarantine_days = 30");
  await setStatus(db, organizationId, "active");
  await leave(db, organizationId);
  assertEquals(
    await value(
      db,
      `select round(extract(epoch from suspended_until - clock_timestamp()) / 86400)::int
       from public.phone_numbers where phone_number = $1`,
      [phoneNumber],
    ),
    365,
  );
});

Deno.test("too late, or retired meanwhile: another number", async (t) => {
  const cases: Record<string, (db: TestDatabase, phoneNumber: string) => Promise<unknown>> = {
    "somebody else has it": async (db) => {
      await travel(db, "91 days");
      await db.query("select phone_pool.sweep()");
      await registerOne(db);
    },
    "somebody else has had it, and it rests again": async (db) => {
      await travel(db, "91 days");
      await db.query("select phone_pool.sweep()");
      await leave(db, await registerOne(db));
    },
    "it is retired": (db, phoneNumber) =>
      db.query("select retire_phone_number($1, 'on a wall')", [phoneNumber]),
  };
  for (const [name, happen] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      const { organizationId, phoneNumber } = await oneHolder(db);
      await leave(db, organizationId);
      await happen(db, phoneNumber);
      await addNumbers(db, 1);
      await setStatus(db, organizationId, "active");
      const phone = await phoneOf(db, organizationId);
      assertNotEquals(phone, null);
      assertNotEquals(phone, phoneNumber);
      assertEquals((await openAlerts(db)).filter((kind) => kind.startsWith("assignment")), []);
      assertEquals(await contradictions(db), []);
    });
  }
});
