import { type Runner, values } from "./pool.ts";

/** Objects in the project's schemas that no extension owns: `class` and `id` name the catalogue row. */
const ours = (catalogue: string, id: string) =>
  `not exists (select from pg_depend d where d.classid = '${catalogue}'::regclass
     and d.objid = ${id} and d.deptype = 'e')`;

export const FUNCTIONS = `(select p.*, p.oid::regprocedure::text as signature, n.nspname
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'phone_pool', 'phone_pool_worker') and ${
  ours("pg_proc", "p.oid")
})`;

export const RELATIONS = `(select c.*, c.oid::regclass::text as name, n.nspname
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'phone_pool', 'phone_pool_worker') and ${
  ours("pg_class", "c.oid")
})`;

/** Names of what breaks a rule: `select … as value`. */
export const offenders = (db: Runner, sql: string) => values<string>(db, `${sql} order by 1`);
