import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { values } from "../../support/pool.ts";

const VIEW = `c.relkind = 'v' and c.relnamespace = 'public'::regnamespace
  and c.relname like 'admin\\_%'`;

/** What is wrong, by what should hold for each. */
const RULES: Record<string, string> = {
  "each view of the design is there": `
    select v.name as value from unnest(array['admin_pool_health', 'admin_phone_numbers',
      'admin_waiting_organizations', 'admin_purchases', 'admin_assignment_metrics',
      'admin_organization_costs', 'admin_carrier_reliability', 'admin_number_health', 'admin_number_history',
      'admin_intake_calls', 'admin_drift', 'admin_alerts', 'admin_support_numbers',
      'admin_jobs', 'admin_spending']) v (name)
    where to_regclass('public.' || v.name) is null`,
  "each reads with its reader's rights": `
    select c.relname as value from pg_class c where ${VIEW}
      and coalesce(c.reloptions, '{}') @> array['security_invoker=true'] is not true`,
  "each is granted to service_role alone": `
    select c.relname || ' to ' || r.rolname as value from pg_class c
    cross join (values ('anon'), ('authenticated'), ('public')) r (rolname)
    where ${VIEW} and has_table_privilege(r.rolname, c.oid, 'select')
    union all
    select c.relname || ' not to service_role' from pg_class c
    where ${VIEW} and not has_table_privilege('service_role', c.oid, 'select')`,
  "each has a comment": `
    select c.relname as value from pg_class c where ${VIEW}
      and obj_description(c.oid, 'pg_class') is null`,
  "a column's comment says more than its name": `
    select c.relname || '.' || a.attname as value from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where ${VIEW} and not exists (
      select from regexp_split_to_table(lower(col_description(c.oid, a.attnum)), '\\W+') w (word)
      where word <> '' and a.attname !~ word
        and word !~ '^(a|an|at|by|for|it|its|of|the|was|is|has|when|what|who|which|why|how)$')
    and col_description(c.oid, a.attnum) is not null order by 1`,
  "what may be null, or is an amount of money or time, is explained": `
    select c.relname || '.' || a.attname as value from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where ${VIEW} and col_description(c.oid, a.attnum) is null
      and a.attname ~ '(_seconds|_milliseconds|_share|_rate|_until|_for)$' order by 1`,
};

Deno.test("every admin view", async (test) => {
  await using db = await createTestDatabase();
  for (const [rule, sql] of Object.entries(RULES)) {
    await test.step(rule, async () => assertEquals(await values(db, sql), []));
  }
});
