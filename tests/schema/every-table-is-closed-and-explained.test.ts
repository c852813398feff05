import { assertEquals } from "../support/assert.ts";
import { offenders, RELATIONS } from "../support/catalogue.ts";
import { testOnBothProjects } from "../support/projects.ts";

const RULES: Record<string, string> = {
  "row level security is on": "relkind in ('r', 'p') and not relrowsecurity",
  "it has a comment": "coalesce(obj_description(oid, 'pg_class'), '') !~ '\\S{2}'",
  "it has a primary key": `relkind in ('r', 'p') and not exists (
    select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')`,
  "it is logged: it survives a crash": "relkind in ('r', 'p') and relpersistence <> 'p'",
  "a table is in phone_pool, but for the two of the design":
    "relkind in ('r', 'p') and nspname = 'public' and relname not in ('organizations', 'phone_numbers')",
  "a view asks with the rights of who reads it": `relkind = 'v'
    and coalesce(array_to_string(reloptions, ' '), '') !~ 'security_invoker=(true|on|1)'`,
  "a view is for admins": "relkind = 'v' and name !~ '^(public\\.)?admin_'",
  "a view is readable by service_role":
    "relkind = 'v' and not has_table_privilege('service_role', oid, 'select')",
  "a view is granted to service_role alone": `relkind = 'v' and exists (
    select from aclexplode(relacl) a where a.grantee not in (relowner, 'service_role'::regrole))`,
  "there is no materialized view, which knows no row level security": "relkind = 'm'",
  "service_role writes no table but organizations": `relkind in ('r', 'p')
    and relname <> 'organizations'
    and has_table_privilege('service_role', oid, 'insert, update, delete, truncate')`,
  "service_role can read it": "not has_table_privilege('service_role', oid, 'select')",
};

testOnBothProjects("every table and view is closed and explained", async (db, t) => {
  for (const [rule, condition] of Object.entries(RULES)) {
    await t.step(rule, async () => {
      assertEquals(
        await offenders(
          db,
          `select name as value from ${RELATIONS} c where relkind in ('r', 'p', 'v', 'm')
           and (${condition})`,
        ),
        [],
      );
    });
  }
});

testOnBothProjects("time has a zone, money is exact and text is text", async (db) => {
  assertEquals(
    await offenders(
      db,
      `select c.name || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as value
       from ${RELATIONS} c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relkind = 'r' and format_type(a.atttypid, null) in (
         'timestamp without time zone', 'real', 'double precision', 'money', 'json',
         'character varying', 'character')`,
    ),
    [],
  );
});
