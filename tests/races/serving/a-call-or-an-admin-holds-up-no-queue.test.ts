import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall } from "../../support/intake-calls.ts";
import { leave, phoneOf, readNumber, setStatus, tenuresOf } from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  freeNumbers,
  openAlerts,
  phonesOf,
  planNow,
  register,
  registerOne,
  type Runner,
  sweep,
  travel,
  value,
  waiting,
} from "../../support/pool.ts";
import { openSession, withoutWaiting } from "../../support/sessions.ts";

const RUNS: Record<string, (db: Runner) => Promise<unknown>> = {
  "the planner": planNow,
  "the sweep": sweep,
};

for (const [name, run] of Object.entries(RUNS)) {
  Deno.test(`a call with a number that waits to be replaced: ${name} serves the next`, async () => {
    await using db = await createTestDatabase();
    await allowAnyHour(db);
    const [old = ""] = await addNumbers(db, 1);
    const replaced = await registerOne(db);
    await db.query("select replace_phone_number($1, 'spam')", [replaced]);
    const next = await registerOne(db);
    assertEquals(await waiting(db), [replaced, next]);
    const [first, second] = await addNumbers(db, 2, { areaCode: "415" });
    const [backend, other] = [await openSession(db), await openSession(db)];
    await backend.query("begin");
    assertEquals((await openCall(backend, replaced)).caller_id, old);
    await withoutWaiting(db, other, run);
    assertEquals(await phonesOf(db, [replaced, next]), [old, first ?? null]);
    await backend.query("commit");
    await travel(db, "11 seconds");
    await sweep(db);
    assertEquals(await phoneOf(db, replaced), second);
    assertEquals((await readNumber(db, old)).status, "suspended");
    assertEquals(await contradictions(db), []);
  });

  Deno.test(`a resting number that an admin has locked: ${name} serves the next`, async () => {
    await using db = await createTestDatabase();
    const { back, own, next, free } = await returning(db);
    const [admin, other] = [await openSession(db), await openSession(db)];
    await admin.query("begin");
    await admin.query("select retire_phone_number($1, 'x')", [own]);
    await withoutWaiting(db, other, run);
    assertEquals(free.includes(await phoneOf(db, next) ?? ""), true);
    await admin.query("rollback");
    assertEquals(await contradictions(db), []);
    assertEquals((await phonesOf(db, [back])).length, 1);
  });
}

/** One that is back and waits, its own number resting, and another that waits; two numbers. */
async function returning(db: TestDatabase) {
  const [own = ""] = await addNumbers(db, 1);
  const back = await registerOne(db);
  await leave(db, back);
  const next = await registerOne(db);
  // As if the trigger had failed.
  await db.query("alter table public.organizations disable trigger organizations_follow_status");
  await setStatus(db, back, "active");
  await db.query("alter table public.organizations enable trigger organizations_follow_status");
  await db.query("select backfill_organizations()");
  assertEquals(await waiting(db), [next, back]);
  const free = await addNumbers(db, 2, { areaCode: "415" });
  return { back, own, next, free };
}

Deno.test("organizations that left while a client has another: their numbers are taken back", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 3);
  const ids = await register(db, 3);
  // As where no trigger fires.
  await db.query("set session_replication_role = replica");
  await db.query("update public.organizations set subscription_status = 'canceled'");
  await db.query("delete from public.organizations where id = $1", [ids[2]]);
  await db.query("set session_replication_role = origin");
  const [client, other] = [await openSession(db), await openSession(db)];
  await client.query("begin");
  await client.query("update public.organizations set name = 'x' where id = $1", [ids[0]]);
  const done = await withoutWaiting(db, other, sweep);
  assertEquals(done.catch_up_churn, 2);
  assertEquals(await tenuresOf(db, numbers[2] ?? ""), ["left"]);
  await client.query("commit");
  await travel(db, "25 hours");
  assertEquals((await sweep(db)).catch_up_churn, 1);
  assertEquals(await freeNumbers(db), []);
});

Deno.test("one that cannot be written keeps no other number from being taken back", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 3);
  const ids = await register(db, 3);
  await db.query("set session_replication_role = replica");
  await db.query("update public.organizations set subscription_status = 'canceled'");
  await db.query("set session_replication_role = origin");
  await db.query(
    `create function public.refuse_of_a_test() returns trigger language plpgsql
     as $$ begin raise exception 'refused by the test'; end $$`,
  );
  await db.query(
    `create trigger refuse before update on public.organizations
     for each row when (old.id = '${ids[0]}') execute function public.refuse_of_a_test()`,
  );
  assertEquals((await sweep(db)).catch_up_churn, 2);
  assertEquals((await openAlerts(db)).filter((kind) => kind === "churn_failed").length, 1);
  await db.query("drop trigger refuse on public.organizations");
  assertEquals((await sweep(db)).catch_up_churn, 1, "at once after a failure");
  await sweep(db);
  assertEquals((await openAlerts(db)).filter((kind) => kind === "churn_failed"), []);
});

Deno.test("an update of the status does not wait for a call that is being permitted", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  const [number = ""] = await addNumbers(db, 1);
  const id = await registerOne(db);
  const [backend, application] = [await openSession(db), await openSession(db)];
  await backend.query("begin");
  await openCall(backend, id);
  await application.query("set statement_timeout = '8s'");
  await leave(application, id);
  await backend.query("commit");
  assertEquals((await readNumber(db, number)).status, "assigned");
  assertEquals((await openAlerts(db)).includes("churn_failed"), true);
  await sweep(db);
  assertEquals((await readNumber(db, number)).status, "suspended");
  assertEquals(await value(db, "select count(*)::int from phone_pool.tenures"), 1);
});
