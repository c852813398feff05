import type pg from "pg";
import { assert, assertEquals } from "../../support/assert.ts";
import { FUNCTIONS, RELATIONS } from "../../support/catalogue.ts";
import { createTestDatabase, type Role, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall, recordCall, startCall } from "../../support/intake-calls.ts";
import {
  addNumbers,
  on,
  planNow,
  register,
  type Runner,
  setVault,
  values,
} from "../../support/pool.ts";
import { testOnBothProjects } from "../../support/projects.ts";
import { buyAllDue } from "../../support/purchases.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";

// Who may create in pg_temp (everybody who may connect) puts there what our functions name without a
// schema: types, tables, functions, operators, casts. Each tells, by a warning that survives a
// rollback, as whom it was run.
const SPIES = await Deno.readTextFile(
  inRoot("tests", "security", "temporary-schema", "spies.sql"),
);

/** A session of that role whose pg_temp is full of spies, and as whom they ran. */
async function spyingSession(db: TestDatabase, role: Role) {
  const client = await db.connect(role, { sub: crypto.randomUUID() });
  const ranAs = new Set<string>();
  client.on("notice", ({ message = "" }) => {
    const user = message.match(/^spy ran as (.+)$/)?.[1];
    if (user) ranAs.add(user);
  });
  const types = await values<string>(
    db,
    `select t.typname as value from pg_type t
     where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype in ('b', 'r') and t.typelem = 0
       and t.typname !~ '^(pg_|_)' order by 1`,
  );
  const relations = await values<string>(
    db,
    `select c.relname as value from ${RELATIONS} c where c.relkind in ('r', 'v')
     union select * from unnest(array['new_organizations', 'old_organizations', 'new_numbers'])`,
  );
  await client.query(SPIES);
  await client.query("select pg_temp.hide_spies($1, $2)", [types, relations]);
  return { client, ranAs, run: on(client) };
}

const attempt = (client: pg.Client, sql: string, parameters?: unknown[]) =>
  client.query(sql, parameters).catch((error) => error);

/** What an application's role with rights on its own table may do there, and a member may read. */
async function useOrganizations(client: pg.Client): Promise<void> {
  const insert = "insert into public.organizations (name, slug, settings, subscription_status)";
  const update = "update public.organizations set subscription_status =";
  for (
    const sql of [
      `${insert} select 'Clinic', 'clinic-' || k, null, 'active' from generate_series(1, 3) k`,
      `${insert} values ('Wish', 'wish', '{"area_code": "415"}', null)`,
      `${insert} values ('Gone', 'gone', '{}', 'canceled')`,
      `${insert} select 'Late', 'late-' || k, '{}', 'active' from generate_series(1, 5) k`,
      `select register_organization('{"name": "Clinic", "slug": "by-function"}')`,
      `${update} 'canceled'`,
      `${update} 'active'`,
      "update public.organizations set phone = '(212) 555-0000'",
      "delete from public.organizations where slug like 'late%'",
      "select organization_id, phone_number from public.phone_numbers",
      "delete from public.organizations",
    ]
  ) await attempt(client, sql);
}

/** Every function that the role may execute, with arguments that some of them can use. */
async function callEverything(db: TestDatabase, client: pg.Client, role: Role): Promise<number> {
  const [organization] = await register(db, 1);
  const calls = await values<string>(
    db,
    `select format('select * from %s(%s)', f.oid::regproc, (
       select string_agg(format('%L::%s', case format_type(t, null)
         when 'uuid' then '${organization}' when 'jsonb' then '[{}]' when 'boolean' then 'true'
         when 'timestamp with time zone' then '2026-01-01Z' when 'text[]' then '{}'
         when 'bigint' then '1' when 'integer' then '1' when 'numeric' then '1'
         when 'double precision' then '1' when 'date' then '2026-01-01'
         else case when a.name ~ 'number' then '+12125550199' else 'text' end end,
         format_type(t, null)), ', ' order by a.place)
       from unnest(f.proargtypes, f.proargnames[1:f.pronargs])
         with ordinality as a (t, name, place))) as value
     from ${FUNCTIONS} f
     where f.prorettype <> 'trigger'::regtype
       and has_function_privilege('${role}', f.oid, 'execute')`,
  );
  for (const sql of calls) await attempt(client, sql);
  return calls.length;
}

/** The main job, from the order to the call, by the functions that the Edge Functions call. */
async function buyAndCall(run: Runner): Promise<void> {
  await run.query("select order_phone_numbers(2)");
  await planNow(run);
  assertEquals(await buyAllDue(run) > 0, true);
  const [id] = await register(run, 1);
  const call = await openCall(run, id);
  await startCall(run, call.id);
  await recordCall(run, call.id, "failed", "telephony_timeout");
  await run.query("select unassign_phone_number($1, 'a test')", [id]);
  await run.query("select request_phone_number($1)", [id]);
}

async function prepare(db: TestDatabase): Promise<void> {
  await db.query(
    "grant select, insert, update, delete on public.organizations to authenticated",
  );
  await db.query(
    `create policy everything on public.organizations for all to authenticated
     using (true) with check (true)`,
  );
  await setVault(db);
  await addNumbers(db, 4);
  await allowAnyHour(db);
}

testOnBothProjects("what lies in pg_temp never runs as the owner of a function", async (db, t) => {
  await prepare(db);
  for (const role of ["authenticated", "service_role"] as const) {
    await t.step(`of ${role}`, async () => {
      const { client, ranAs, run } = await spyingSession(db, role);
      await useOrganizations(client);
      const called = await callEverything(db, client, role);
      if (role === "service_role") {
        assert(called > 40);
        await buyAndCall(run);
      }
      assertEquals([...ranAs].filter((user) => user !== role), []);
    });
  }
});

Deno.test("the spies see a function whose path does not name pg_temp", async (t) => {
  for (const path of ["''", "pg_temp, pg_catalog"]) {
    await t.step(`search_path = ${path}`, async () => {
      await using db = await createTestDatabase();
      await prepare(db);
      await db.query(
        `alter function phone_pool.tg_organizations__assign_phone_numbers()
         set search_path = ${path}`,
      );
      const { client, ranAs } = await spyingSession(db, "authenticated");
      await useOrganizations(client);
      assert(ranAs.has("postgres"));
    });
  }
});
