import { z } from "zod";
import { type Context, type Finding, finding } from "../context.ts";
import type { Database } from "../database.ts";
import { localMigrations, readApplied } from "../steps/migrations.ts";
import { tryOrganizations } from "./organizations-table.ts";

const EXTENSIONS = ["pg_net", "pg_cron", "supabase_vault", "btree_gist"];

export async function checkDatabase(context: Context): Promise<Finding[]> {
  const { database } = context;
  return [
    await version(database),
    await extensions(database),
    await cronDatabase(database),
    ...await organizations(database),
    await names(context),
  ];
}

async function version(database: Database): Promise<Finding> {
  const { number, text } = await database.row(
    z.object({ number: z.coerce.number(), text: z.string() }),
    `select current_setting('server_version_num') as number,
       current_setting('server_version') as text`,
  );
  return number >= 150_000 ? finding("Postgres", "ok", text) : finding(
    "Postgres",
    "fail",
    `${text} is too old: 15 or later`,
    "upgrade: Project Settings → Infrastructure",
  );
}

async function extensions(database: Database): Promise<Finding> {
  const rows = await database.rows(
    z.object({ name: z.string() }),
    "select name from pg_available_extensions where name = any ($1)",
    [EXTENSIONS],
  );
  const there = new Set(rows.map(({ name }) => name));
  const missing = EXTENSIONS.filter((name) => !there.has(name));
  return missing.length === 0 ? finding("extensions", "ok", EXTENSIONS.join(", ")) : finding(
    "extensions",
    "fail",
    `not available: ${missing.join(", ")}`,
    "a project on the platform has them all: is SUPABASE_DB_URL the right database?",
  );
}

/** pg_cron works in one database of the server only. */
async function cronDatabase(database: Database): Promise<Finding> {
  const { wanted, here } = await database.row(
    z.object({ wanted: z.string().nullable(), here: z.string() }),
    `select current_setting('cron.database_name', true) as wanted, current_database()::text as here`,
  );
  return wanted === null || wanted === here ? finding("pg_cron", "ok", `runs in ${here}`) : finding(
    "pg_cron",
    "fail",
    `runs in the database ${wanted}, not in ${here}`,
    `connect to ${wanted}`,
  );
}

const table = z.object({ exists: z.boolean(), is_ours: z.boolean().nullable(), rows: z.number() });

/** What the migration `organizations` would refuse, found before anything is changed. */
async function organizations(database: Database): Promise<Finding[]> {
  const found = await database.row(
    table,
    `select c.oid is not null as exists, pg_has_role(current_user, c.relowner, 'usage') as is_ours,
       coalesce(c.reltuples, 0)::int as rows
     from (select 1) one
     left join pg_class c on c.oid = to_regclass('public.organizations')`,
  );
  if (!found.exists) {
    return [finding("organizations", "warn", "there is no such table: it will be created")];
  }
  const { problem, triedRows } = found.is_ours
    ? await tryOrganizations(database)
    : { problem: "it belongs to another role than this one", triedRows: 0 };
  if (problem === undefined) {
    const about = `about ${Math.max(found.rows, 0)} rows`;
    return [
      triedRows > 0 ? finding("organizations", "ok", `${about}, phone can be written`) : finding(
        "organizations",
        "warn",
        `${about}, and no row to try on that phone can be written`,
      ),
    ];
  }
  return [finding(
    "organizations",
    "fail",
    problem,
    "phone-pool never alters this table: give it what is missing with a migration of your own",
  )];
}

/** Something of somebody else's under a name of ours would make a migration fail half way. */
async function names(context: Context): Promise<Finding> {
  const applied = new Set((await readApplied(context)).map(({ version }) => version));
  const isNew = (await localMigrations()).every(({ version }) => !applied.has(version));
  if (!isNew) return finding("names", "ok", "phone-pool is installed already");
  const taken = await context.database.rows(
    z.object({ name: z.string() }),
    `select 'schema phone_pool' as name from pg_namespace where nspname = 'phone_pool'
     union all
     select 'table public.phone_numbers' where to_regclass('public.phone_numbers') is not null`,
  );
  const clashes = taken.map(({ name }) => name);
  return clashes.length === 0
    ? finding("names", "ok", "nothing of ours is there yet")
    : finding("names", "fail", `taken already: ${clashes.join(", ")}`, "rename it first");
}
