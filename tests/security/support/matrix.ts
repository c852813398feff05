import { FUNCTIONS, RELATIONS } from "../../support/catalogue.ts";
import type { TestDatabase } from "../../support/database.ts";

/** The roles that a client, a worker or a stranger can come as. PUBLIC is every role. */
const ROLES = "(values ('anon'), ('authenticated'), ('service_role'), ('authenticator')) r (role)";

const RELATION_RIGHTS = `
  select c.name as object, r.role,
    string_agg(p.privilege, ', ' order by p.place) as rights
  from ${RELATIONS} c, ${ROLES},
    unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'])
      with ordinality p (privilege, place)
  where c.relkind in ('r', 'p', 'v', 'm') and has_table_privilege(r.role, c.oid, p.privilege)
  group by 1, 2
  union all
  select c.name, r.role, p.privilege || ' (' || string_agg(a.attname, ', ' order by a.attname) || ')'
  from ${RELATIONS} c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0, ${ROLES},
    unnest(array['select', 'insert', 'update']) p (privilege)
  where c.relkind in ('r', 'p', 'v', 'm') and not a.attisdropped
    and has_column_privilege(r.role, c.oid, a.attnum, p.privilege)
    and not has_table_privilege(r.role, c.oid, p.privilege)
  group by 1, 2, p.privilege
  union all
  select c.name, r.role, string_agg(p.privilege, ', ')
  from ${RELATIONS} c, ${ROLES}, unnest(array['usage', 'select', 'update']) p (privilege)
  where c.relkind = 'S' and has_sequence_privilege(r.role, c.oid, p.privilege)
  group by 1, 2`;

const FUNCTION_RIGHTS = `
  select f.signature as object, r.role, 'execute' as rights
  from ${FUNCTIONS} f, ${ROLES}
  where has_function_privilege(r.role, f.oid, 'execute')`;

const SCHEMA_RIGHTS = `
  select 'schema ' || s.name as object, r.role,
    string_agg(p.privilege, ', ' order by p.place) as rights
  from unnest(array['public', 'phone_pool', 'phone_pool_worker', 'vault', 'auth']) s (name), ${ROLES},
    unnest(array['usage', 'create']) with ordinality p (privilege, place)
  where has_schema_privilege(r.role, s.name, p.privilege)
  group by 1, 2`;

/** Row security: on for which table, with which policy for whom. */
const ROW_SECURITY = `
  select c.name as object, 'rows' as role,
    case when not c.relrowsecurity then 'NOT RESTRICTED'
      else coalesce('policies: ' || string_agg(
        format('%s for %s to %s', p.policyname, lower(p.cmd), array_to_string(p.roles, ', ')), '; ')
        filter (where p.policyname is not null),
        'no policy: only owner and roles that bypass row security') end as rights
  from ${RELATIONS} c
  left join pg_policies p on p.schemaname = c.nspname and p.tablename = c.relname
  where c.relkind in ('r', 'p')
  group by c.name, c.relrowsecurity`;

interface Right {
  object: string;
  role: string;
  rights: string;
}

/** role × object × operation, as the catalogue has it: one line for each role that may do anything. */
export async function rightsMatrix(db: TestDatabase): Promise<string> {
  const sections: [title: string, sql: string][] = [
    ["Schemas", SCHEMA_RIGHTS],
    ["Tables, views and sequences", RELATION_RIGHTS],
    ["Row security", ROW_SECURITY],
    ["Functions", FUNCTION_RIGHTS],
  ];
  const parts: string[] = [];
  for (const [title, sql] of sections) {
    const rows = await db.query<Right>(
      `select object, role, rights from (${sql}) m
       order by object collate "C", role collate "C", rights collate "C"`,
    );
    parts.push([`# ${title}`, ...rows.map((row) => `${row.object} | ${row.role} | ${row.rights}`)]
      .join("\n"));
  }
  return `${HEADER}${parts.join("\n\n")}\n`;
}

const HEADER = `Who may do what: everything that is not listed is refused. From the catalogue, by
deno run -A tests/security/update-matrix.ts

`;

interface Definer {
  signature: string;
  comment: string;
}

/** Every function that runs with its owner's rights, and why: the sentence of its comment. */
export async function definerList(db: TestDatabase): Promise<string> {
  const rows = await db.query<Definer>(
    `select f.signature, coalesce(obj_description(f.oid, 'pg_proc'), '') as comment
     from ${FUNCTIONS} f where f.prosecdef order by f.signature collate "C"`,
  );
  const lines = rows.map(({ signature, comment }) => `${signature}\n  ${reasonOf(comment)}`);
  return `${DEFINER_HEADER}${lines.join("\n")}\n`;
}

/** The sentence that says why, or nothing. */
export function reasonOf(comment: string): string {
  const text = comment.replaceAll(/\s+/g, " ");
  return text.match(/\bsecurity definer\b[:,]? *(.*)$/i)?.[1]?.trim() ?? "";
}

const DEFINER_HEADER =
  `Functions that run with the rights of their owner (security definer), and why.
From the comments in the catalogue, by deno run -A tests/security/update-matrix.ts

`;
