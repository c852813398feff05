import { z } from "zod";
import { type Context, type Finding, finding } from "../context.ts";
import type { Database } from "../database.ts";
import { localMigrations, readApplied } from "../steps/migrations.ts";
import { tryOrganizations } from "./organizations-table.ts";

/** What the application has in the database already, and the migrations would refuse. */
export const checkDatabase = async (context: Context): Promise<Finding[]> => [
  await organizations(context.database),
  await names(context),
  await owner(context),
];

const table = z.object({ exists: z.boolean(), is_ours: z.boolean().nullable(), rows: z.number() });

/** What the migration `organizations` would refuse, found before anything is changed. */
async function organizations(database: Database): Promise<Finding> {
  const found = await database.row(
    table,
    `select c.oid is not null as exists, pg_has_role(current_user, c.relowner, 'usage') as is_ours,
       coalesce(c.reltuples, 0)::int as rows
     from (select 1) one
     left join pg_class c on c.oid = to_regclass('public.organizations')`,
  );
  if (!found.exists) {
    return finding("A1", "warn", "there is no such table: it will be created");
  }
  const { problem, triedRows } = found.is_ours
    ? await tryOrganizations(database)
    : { problem: "it belongs to another role than this one", triedRows: 0 };
  if (problem === undefined) {
    const about = `about ${Math.max(found.rows, 0)} rows`;
    return triedRows > 0 ? finding("A1", "ok", `${about}, phone can be written`) : finding(
      "A1",
      "warn",
      `${about}, and no row to try on that phone can be written`,
    );
  }
  return finding(
    "A1",
    "fail",
    problem,
    "phone-pool never alters this table: give it what is missing with a migration of your own",
  );
}

/** Something of somebody else's under a name of ours would make a migration fail half way. */
async function names(context: Context): Promise<Finding> {
  const applied = new Set((await readApplied(context)).map(({ version }) => version));
  const isNew = (await localMigrations()).every(({ version }) => !applied.has(version));
  if (!isNew) return finding("A2", "ok", "phone-pool is installed already");
  const taken = await context.database.rows(
    z.object({ name: z.string() }),
    `select 'schema ' || nspname as name from pg_namespace
     where nspname in ('phone_pool', 'phone_pool_worker')
     union all
     select 'table public.phone_numbers' where to_regclass('public.phone_numbers') is not null`,
  );
  const clashes = taken.map(({ name }) => name);
  return clashes.length === 0
    ? finding("A2", "ok", "nothing of ours is there yet")
    : finding("A2", "fail", `taken already: ${clashes.join(", ")}`, "rename it first");
}

/** A copy beside its original would give numbers back that the original's clinics call with. */
async function owner({ database, target }: Context): Promise<Finding> {
  const here = target.SUPABASE_PROJECT_REF;
  const [column] = await database.rows(
    z.object({}),
    `select from pg_attribute
     where attrelid = to_regclass('phone_pool.settings') and attname = 'project_ref'`,
  );
  const { project_ref: named } = column
    ? await database.row(
      z.object({ project_ref: z.string().nullable() }),
      "select project_ref from phone_pool.settings",
    )
    : { project_ref: null };
  if (named === null) return finding("A3", "ok", "not said yet: it will be this one");
  return named === here ? finding("A3", "ok", "this one") : finding(
    "A3",
    "fail",
    `it belongs to ${named}: it was restored or copied`,
    "supabase/operate.md, copied_database, says when it may be this one's: " +
      `update phone_pool.settings set project_ref = '${here}'`,
  );
}
