import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { failureOf, outcomeOf } from "../../support/failure.ts";
import {
  addNumbers,
  contradictions,
  freeNumbers,
  phonesOf,
  register,
  registerOne,
  type Runner,
  setVault,
  sweep,
  value,
  waiting,
} from "../../support/pool.ts";

const RELEASE = `select n.phone_number, n.status, n.organization_id,
    n.suspended_until - t.quarantine_until = '0' as same_end,
    round(extract(epoch from n.suspended_until - upper(t.held)) / 86400)::int as days,
    t.release_reason, t.organization_id as held_by
  from unassign_phone_number($1, 'moved away') n
  left join phone_pool.tenures t on t.phone_number_id = n.id`;

for (const days of [90, 30, 365]) {
  Deno.test(`a number released rests for ${days} days and nobody gets it meanwhile`, async () => {
    await using db = await createTestDatabase();
    await db.query("update phone_pool.settings set quarantine_days = $1", [days]);
    const numbers = await addNumbers(db, 2);
    const id = await registerOne(db);
    // One statement sees one state: the tenure is read by the next.
    await db.query(RELEASE, [id]);
    const [row] = await db.query(
      RELEASE.replace("unassign_phone_number($1, 'moved away')", "public.phone_numbers").concat(
        " where n.status = 'suspended' and t.organization_id = $1",
      ),
      [id],
    );
    assertEquals(row, {
      phone_number: numbers[0],
      status: "suspended",
      organization_id: null,
      same_end: true,
      days,
      release_reason: "moved away",
      held_by: id,
    });
    assertEquals(await phonesOf(db, [id]), [null]);
    assertEquals(await phonesOf(db, await register(db, 2)), [numbers[1] ?? null, null]);
    assertEquals(await contradictions(db), []);
  });
}

Deno.test("the returned row is the number as it is now; a second time there is none to release", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  const id = await registerOne(db);
  const release = () =>
    db.query(
      "select phone_number, status, organization_id from unassign_phone_number($1, 'x')",
      [id],
    );
  const suspended = { phone_number: numbers[0], status: "suspended", organization_id: null };
  assertEquals(await release(), [suspended]);
  await release();
  assertEquals((await db.query("select from phone_pool.tenures")).length, 1);
});

Deno.test("an organization without a number: null; who waits waits no longer", async () => {
  await using db = await createTestDatabase();
  const [id] = await register(db, 1);
  const [row] = await db.query("select (unassign_phone_number($1, 'left')).phone_number", [id]);
  assertEquals(row, { phone_number: null });
  assertEquals(await waiting(db), []);
  assertEquals(
    await value(db, "select unassign_phone_number($1, 'left') is null", [id]),
    true,
    "no row of nulls",
  );
});

Deno.test("an organization that is not there: an error", async () => {
  await using db = await createTestDatabase();
  const unknown = crypto.randomUUID();
  for (const id of [unknown, null]) {
    const { code } = await failureOf(db.query("select unassign_phone_number($1, 'left')", [id]));
    assertEquals(code, "PP001");
  }
});

Deno.test("a phone of its own that the application wrote there, past all triggers, stays", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 8);
  const id = await registerOne(db);
  await db.query("set session_replication_role = replica");
  await db.query("update public.organizations set phone = '+12025550123' where id = $1", [id]);
  await db.query("set session_replication_role = origin");
  await db.query("select unassign_phone_number($1, 'left')", [id]);
  assertEquals(await phonesOf(db, [id]), ["+12025550123"]);
});

Deno.test("a reason is asked for", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  const id = await registerOne(db);
  assertEquals(await outcomeOf(db.query("select unassign_phone_number($1, null)", [id])), "PP005");
  assertEquals(await freeNumbers(db), numbers.slice(1));
  assertEquals(await phonesOf(db, [id]), [numbers[0] ?? null]);
});

const AFTERWARDS: Record<string, (db: Runner, id: string) => Promise<unknown>> = {
  "the sweep": (db) => sweep(db),
  "a backfill": (db) => db.query("select backfill_organizations()"),
  "its status changes and changes back": async (db, id) => {
    const set = "update public.organizations set subscription_status = $2 where id = $1";
    for (const status of ["trialing", "canceled", "active"]) await db.query(set, [id, status]);
  },
  "a form is saved": (db, id) =>
    db.query("update public.organizations set phone = '', name = 'New' where id = $1", [id]),
};

Deno.test("released on purpose, it stays without a number until one is asked for", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const numbers = await addNumbers(db, 8);
  const id = await registerOne(db);
  await db.query("select unassign_phone_number($1, 'fraud')", [id]);
  for (const [what, happen] of Object.entries(AFTERWARDS)) {
    await happen(db, id);
    await sweep(db);
    await sweep(db);
    assertEquals([await waiting(db), (await freeNumbers(db)).length], [[], 7], what);
  }
  await db.query("select request_phone_number($1)", [id]);
  assertEquals(await phonesOf(db, [id]), [numbers[0] ?? null], "its own, which still rests");
  assertEquals(await contradictions(db), []);
});

Deno.test("an organization whose number was taken from it gets none by leaving and coming back", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 3);
  const id = await registerOne(db);
  await db.query("select unassign_phone_number($1, 'abuse')", [id]);
  for (const status of ["canceled", "active"]) {
    await db.query("update organizations set subscription_status = $2 where id = $1", [id, status]);
    await sweep(db);
    assertEquals([await phonesOf(db, [id]), await waiting(db)], [[null], []]);
  }
  await db.query("select request_phone_number($1)", [id]);
  assertEquals((await phonesOf(db, [id])).includes(null), false);
});
