import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, openAlerts, register, type Runner, setVault } from "../../support/pool.ts";
import { openSession, withoutWaiting } from "../../support/sessions.ts";

const BREAK = `create function public.refuse_of_a_test() returns trigger language plpgsql
  as $$ begin raise exception 'refused by the test'; end $$;
  create trigger refuse before update on public.organizations
    for each row execute function public.refuse_of_a_test()`;

interface Case {
  name: string;
  prepare?: (db: Runner) => Promise<unknown>;
  hold: (other: Runner) => Promise<unknown>;
}

/** What another session has done and not committed. */
const CASES: Case[] = [
  { name: "a long import that plans purchases", prepare: setVault, hold: (a) => register(a, 30) },
  { name: "an import whose nudge failed", hold: (a) => register(a, 30) },
  {
    name: "an order by hand",
    prepare: setVault,
    hold: (a) => a.query("select order_phone_numbers(20)"),
  },
  { name: "a sweep", hold: (a) => a.query("select phone_pool.sweep()") },
  {
    name: "a failed assignment, its alert new",
    prepare: async (db) => [await addNumbers(db, 9), await db.query(BREAK)],
    hold: (a) => register(a, 1),
  },
  {
    name: "a failed assignment, its alert counted once more",
    prepare: async (db) => [
      await addNumbers(db, 9),
      await db.query(BREAK),
      await register(db, 1),
    ],
    hold: (a) => register(a, 1),
  },
  {
    name: "an alert of failed assignments closed by hand",
    prepare: async (db) => [
      await addNumbers(db, 9),
      await db.query(BREAK),
      await register(db, 1),
    ],
    hold: (a) => a.query("update phone_pool.alerts set closed_at = now()"),
  },
  {
    name: "a change of the settings",
    hold: (a) => a.query("update phone_pool.settings set low_water = 6"),
  },
  {
    name: "a release",
    prepare: async (db) => [await addNumbers(db, 1), await register(db, 1)],
    hold: (a) => a.query("select unassign_phone_number(id, 'x') from public.organizations"),
  },
  {
    name: "organizations deleted",
    prepare: async (db) => [await addNumbers(db, 1), await register(db, 3)],
    hold: (a) => a.query("delete from public.organizations"),
  },
  {
    name: "a number imported",
    hold: (a) => a.query("select import_phone_number('+12125550900', '77')"),
  },
  {
    name: "a number imported for an organization",
    prepare: (db) => register(db, 1),
    hold: (a) =>
      a.query("select import_phone_number('+12125550900', '77', id) from public.organizations"),
  },
  {
    name: "a number replaced",
    prepare: async (db) => [await addNumbers(db, 2), await register(db, 1)],
    hold: (a) => a.query("select replace_phone_number(id, 'x') from public.organizations"),
  },
  { name: "a backfill", hold: (a) => a.query("select backfill_organizations()") },
  {
    name: "a planner",
    prepare: (db) => register(db, 3),
    hold: (a) => a.query("select phone_pool_worker.run_planner()"),
  },
  {
    name: "alerts raised by hand",
    hold: (a) =>
      a.query(
        `select phone_pool.raise_alert(k, 'x') from unnest(array['assignment_failed',
           'nudge_failed', 'pool_low']) k`,
      ),
  },
  {
    name: "purchases claimed",
    prepare: (db) => db.query("select order_phone_numbers(10)"),
    hold: (a) => a.query("select phone_pool_worker.claim_purchases(10)"),
  },
];

Deno.test("a registration finishes whatever others have not committed yet", async (t) => {
  for (const { name, prepare, hold } of CASES) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      await prepare?.(db);
      const [a, b] = [await openSession(db), await openSession(db)];
      await a.query("begin");
      await hold(a);
      await withoutWaiting(db, b, (session) => register(session, 2));
      await withoutWaiting(db, b, (session) => register(session, 1, { areaCode: "907" }));
      await a.query("commit");
    });
  }
});

Deno.test("alerts raised at the same time become one row", async () => {
  await using db = await createTestDatabase();
  const [a, b] = [await openSession(db), await openSession(db)];
  const raise = (session: Runner) =>
    session.query("select phone_pool.raise_alert('of_a_test', 'message', 'subject')");
  await a.query("begin");
  await raise(a);
  await withoutWaiting(db, b, raise);
  await a.query("commit");
  await raise(b);
  assertEquals(await openAlerts(db), ["of_a_test"]);
});
