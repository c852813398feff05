import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { connect } from "../../../supabase/local/postgres/connect.ts";

const ALLOWED = [
  "select cron.schedule('job', '* * * * *', 'select 1')",
  "select * from cron.job",
  "delete from cron.job_run_details",
  "select net.http_post('http://127.0.0.1:9')",
  "delete from net._http_response",
  "select vault.create_secret('value', 'name')",
  "delete from vault.secrets",
  "set session_replication_role = replica",
  "grant service_role to postgres",
];

/** Refused for want of rights: 42501, in the words of whoever refuses. */
const REFUSED = [
  "insert into cron.job (schedule, command) values ('* * * * *', 'select 1')",
  "update cron.job set active = false where true",
  "delete from cron.job",
  "alter table cron.job disable row level security",
  "create trigger t before insert on cron.job_run_details for each row execute function f()",
  "alter function net.http_post(text, jsonb, jsonb, jsonb, int) owner to postgres",
  "create or replace function net.wake() returns void language sql as 'select'",
  "alter table net.http_request_queue add column mine int",
  "drop schema net cascade",
  "insert into vault.secrets (secret) values ('plain')",
  "update vault.secrets set secret = 'plain' where true",
  "create or replace view vault.decrypted_secrets as select * from vault.secrets",
  "alter extension pg_net drop function net.wake()",
  "alter role authenticator set statement_timeout = '1h'",
  "alter role supabase_admin password 'x'",
  "create role mine superuser",
  "set session authorization supabase_admin",
  "set track_functions = 'all'",
  "drop event trigger pgrst_ddl_watch",
  "alter table auth.users disable row level security",
  "update pg_catalog.pg_proc set prosrc = '' where true",
];

Deno.test("postgres and authenticator may do what the platform lets them", async (t) => {
  await using db = await createTestDatabase({ bare: true });
  await db.query("create extension if not exists pg_net with schema extensions");
  await db.query("create extension if not exists pg_cron");
  await db.query("create extension if not exists btree_gist with schema extensions");
  const postgres = await db.connect("postgres");

  await t.step("an extension belongs to supabase_admin, with all that is in it", async () => {
    const { rows } = await postgres.query(
      `select distinct extname, extowner::regrole::text as owner, o.owner::regrole::text as objects
       from pg_extension e join pg_depend d on d.refobjid = e.oid and d.deptype = 'e',
         lateral (select proowner from pg_proc where oid = d.objid
           union all select relowner from pg_class where oid = d.objid
           union all select nspowner from pg_namespace where oid = d.objid) as o (owner)
       where extname <> 'plpgsql'`,
    );
    const names = ["btree_gist", "pg_cron", "pg_net", "pgcrypto", "supabase_vault", "uuid-ossp"];
    assertEquals(
      rows.sort((a, b) => a.extname < b.extname ? -1 : 1),
      names.map((extname) => ({ extname, owner: "supabase_admin", objects: "supabase_admin" })),
    );
  });

  for (const statement of ALLOWED) {
    await t.step(`allowed: ${statement}`, async () => {
      await postgres.query("begin");
      assertEquals(await outcomeOf(postgres.query(statement)), "ok");
      await postgres.query("rollback");
    });
  }
  for (const statement of REFUSED) {
    await t.step(`refused: ${statement}`, async () => {
      await postgres.query("begin");
      assertEquals(await outcomeOf(postgres.query(statement)), "42501");
      await postgres.query("rollback");
    });
  }

  await t.step("each login has the platform's limits", async () => {
    for (
      const [url, expected] of [
        [db.url, { statement: "2min", lock: "0" }],
        [db.authenticatorUrl, { statement: "8s", lock: "8s" }],
      ] as const
    ) {
      const client = await connect(url);
      const { rows } = await client.query(
        `select current_setting('statement_timeout') as statement,
           current_setting('lock_timeout') as lock`,
      );
      await client.end();
      assertEquals(rows, [expected]);
    }
  });

  await t.step("authenticator itself reads nothing", async () => {
    await db.query("create table public.mine (id int)");
    await db.query("grant all on public.mine to anon, authenticated, service_role");
    const client = await connect(db.authenticatorUrl);
    assertEquals(await outcomeOf(client.query("select * from public.mine")), "42501");
    assertEquals(await outcomeOf(client.query("set role service_role")), "ok");
    assertEquals(await outcomeOf(client.query("select * from public.mine")), "ok");
    assertEquals(await outcomeOf(client.query("set role postgres")), "42501");
    await client.end();
  });
});
