import { assertEquals } from "../support/assert.ts";
import { FUNCTIONS, offenders } from "../support/catalogue.ts";
import { testOnBothProjects } from "../support/projects.ts";

/** Each finds the functions that break it. */
const RULES: Record<string, string> = {
  // Not empty: then Postgres looks for types in pg_temp before pg_catalog, and whoever may fire the
  // function runs code as its owner. tests/security/temporary-schema/ does it.
  "search_path ends with pg_temp; public comes before it only where the application's triggers fire":
    `not 'search_path=pg_catalog, pg_temp' = any (coalesce(proconfig, '{}'))
      and not ('search_path=public, extensions, pg_temp' = any (coalesce(proconfig, '{}'))
        and proname in ('assign_numbers', 'show_phones', 'register_organization',
          'write_callback_number'))`,
  // A plan that is thought dear is compiled first: a second, where 8 seconds or a minute are all.
  "where a request, the sweep or the application's statement begins, nothing is compiled":
    `(nspname = 'public' or proname = 'sweep' or proname like 'tg\\_organizations\\_\\_%')
      and not 'jit=off' = any (coalesce(proconfig, '{}'))`,
  // The application may have a column of any name: it must not be meant instead.
  "what reads organizations prefers its own variables": `prolang = (
      select l.oid from pg_language l where l.lanname = 'plpgsql')
    and prosrc ~ '(public\\.|\\m(new|old)_)organizations\\M'
    and prosrc !~ '^\\s*#variable_conflict use_variable\\n'`,
  "… or names its arguments with the function": `prolang = (
      select l.oid from pg_language l where l.lanname = 'sql')
    and prosrc ~ 'public\\.organizations\\M' and prosrc ~ '(?<![.\\w])p_[a-z]'`,
  "it has a comment": "coalesce(obj_description(oid, 'pg_proc'), '') !~ '\\S{2}'",
  "the comment of a security definer says so":
    "prosecdef and coalesce(obj_description(oid, 'pg_proc'), '') !~* '\\mSecurity\\s+definer\\M'",
  "the comment of a security invoker does not":
    "not prosecdef and obj_description(oid, 'pg_proc') ~* '\\mSecurity\\s+definer\\M'",
  "it has at most 100 lines": "cardinality(string_to_array(prosrc, E'\\n')) > 100",
  "postgres owns it": "proowner <> 'postgres'::regrole",
  "nobody may execute it but its owner, service_role and whom the design names":
    `exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) a
     where a.grantee not in (proowner, 'service_role'::regrole)
       and not (proname in ('may_call', 'my_organizations', 'offered_area_codes',
         'register_organization')
         and a.grantee = 'authenticated'::regrole))`,
  "nobody passes the right on":
    "exists (select from aclexplode(proacl) a where a.is_grantable and a.grantee <> proowner)",
  "a trigger function is named after its table":
    "prorettype = 'trigger'::regtype and proname !~ '^tg_[a-z_]+__[a-z_]+$'",
  "arguments begin with p_": `exists (select from unnest(proargnames, proargmodes) a (name, mode)
     where coalesce(a.mode, 'i') in ('i', 'b') and a.name !~ '^p_')`,
  "what is public, or a worker's step, runs with the owner's rights: service_role writes by functions only":
    `nspname in ('public', 'phone_pool_worker') and not prosecdef
      and proname not in ('register_organization', 'phone_pool_step')`,
  "what registers, and the workers' one door, run with their caller's":
    "proname in ('register_organization', 'phone_pool_step') and prosecdef",
  "what is public, or a worker's step, may be executed by service_role":
    "nspname in ('public', 'phone_pool_worker') and not has_function_privilege('service_role', oid, 'execute')",
};

testOnBothProjects("every function is closed, explained and of bearable size", async (db, t) => {
  for (const [rule, condition] of Object.entries(RULES)) {
    await t.step(rule, async () => {
      assertEquals(
        await offenders(db, `select signature as value from ${FUNCTIONS} f where ${condition}`),
        [],
      );
    });
  }
});
