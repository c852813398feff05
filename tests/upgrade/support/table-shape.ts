import type { TestDatabase } from "../../support/database.ts";

/** Everything that the catalogue says of organizations, without what phone-pool adds to it. */
export async function shapeOf(database: TestDatabase) {
  const [table] = await database.query(
    `select relfilenode, relacl::text, relrowsecurity, relforcerowsecurity, reloptions,
       relowner::regrole::text, obj_description(oid) as comment
     from pg_class where oid = 'public.organizations'::regclass`,
  );
  return {
    table,
    columns: await database.query(
      `select attnum, attname, format_type(atttypid, atttypmod) as type, attnotnull, attacl::text,
         pg_get_expr(d.adbin, d.adrelid) as default, col_description(attrelid, attnum) as comment
       from pg_attribute a left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum
       where attrelid = 'public.organizations'::regclass and attnum > 0 order by attnum`,
    ),
    constraints: await database.query(
      `select conname, pg_get_constraintdef(oid) as definition from pg_constraint
       where conrelid = 'public.organizations'::regclass order by conname`,
    ),
    indexes: await database.query(
      "select indexdef from pg_indexes where tablename = 'organizations' order by indexdef",
    ),
    policies: await database.query(
      "select * from pg_policies where tablename = 'organizations' order by policyname",
    ),
    triggers: await database.query(
      `select tgname, tgenabled, pg_get_triggerdef(t.oid) as definition
       from pg_trigger t join pg_proc p on p.oid = t.tgfoid
       where tgrelid = 'public.organizations'::regclass and not tgisinternal
         and p.pronamespace = 'public'::regnamespace order by tgname`,
    ),
  };
}
