import { z } from "zod";
import { type Context, type Finding, finding } from "../context.ts";
import type { Database } from "../database.ts";
import { localMigrations, readApplied } from "../steps/migrations.ts";

/** What the application has in the database already, and the migrations would refuse. */
export const checkDatabase = async (context: Context): Promise<Finding[]> => [
  await organizations(context.database),
  await names(context),
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
  const problems = await database.rows(z.object({ problem: z.string() }), SHAPE);
  if (!found.is_ours) problems.push({ problem: "it belongs to another role than this one" });
  if (problems.length === 0) {
    return finding("A1", "ok", `about ${Math.max(found.rows, 0)} rows, shape fits`);
  }
  return finding(
    "A1",
    "fail",
    problems.map(({ problem }) => problem).join("; "),
    "phone-pool never alters this table: give it what is missing with a migration of your own",
  );
}

/** The same conditions as in migrations/…_organizations.sql. */
const SHAPE = `
  select problem from (
    select case
      when a.attname is null then format('column %s is missing', w.name)
      when not format_type(a.atttypid, null) = any (w.types)
        then format('column %s is %s, not %s', w.name, format_type(a.atttypid, null), w.types[1])
      end as problem
    from (values
      ('id', array['uuid']),
      ('phone', array['text', 'character varying']),
      ('settings', array['jsonb']),
      ('subscription_status', array['text', 'character varying']),
      ('created_at', array['timestamp with time zone', 'timestamp without time zone'])
    ) w (name, types)
    left join pg_attribute a on a.attrelid = 'public.organizations'::regclass
      and a.attname = w.name and not a.attisdropped
    union all
    select 'id is not unique' where not exists (
      select from pg_index i
      join pg_attribute a on a.attrelid = i.indrelid and i.indkey::text = a.attnum::text
      where i.indrelid = 'public.organizations'::regclass and a.attname = 'id'
        and i.indisunique and i.indisvalid and i.indpred is null
    )
  ) p where problem is not null`;

/** Something of somebody else's under a name of ours would make a migration fail half way. */
async function names(context: Context): Promise<Finding> {
  const applied = new Set((await readApplied(context)).map(({ version }) => version));
  const isNew = (await localMigrations()).every(({ version }) => !applied.has(version));
  if (!isNew) return finding("A2", "ok", "phone-pool is installed already");
  const taken = await context.database.rows(
    z.object({ name: z.string() }),
    `select 'schema phone_pool' as name from pg_namespace where nspname = 'phone_pool'
     union all
     select 'table public.phone_numbers' where to_regclass('public.phone_numbers') is not null`,
  );
  const clashes = taken.map(({ name }) => name);
  return clashes.length === 0
    ? finding("A2", "ok", "nothing of ours is there yet")
    : finding("A2", "fail", `taken already: ${clashes.join(", ")}`, "rename it first");
}
