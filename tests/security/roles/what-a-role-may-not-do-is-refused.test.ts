import type pg from "pg";
import { assertEquals } from "../../support/assert.ts";
import { FUNCTIONS, RELATIONS } from "../../support/catalogue.ts";
import { isApplications, testOnBothProjects } from "../../support/projects.ts";

const DENIED = "42501";

interface Relation {
  name: string;
  kind: string;
  column: string;
}

/** Statements that a role could try on a table or view. */
const attempts = ({ name, kind, column }: Relation): Record<string, string> => ({
  select: `select * from ${name}`,
  insert: `insert into ${name} (${column}) select null where false`,
  update: `update ${name} set ${column} = ${column} where false`,
  delete: `delete from ${name} where false`,
  ...kind === "v" ? {} : { truncate: `truncate ${name}` },
});

/** What each role may do with a whole table or view of ours; the rest must be refused. */
const ALLOWED: Record<string, (relation: Relation, operation: string) => boolean> = {
  anon: () => false,
  // Its seven columns, never the whole row.
  authenticated: () => false,
  service_role: ({ name }, operation) =>
    operation === "select" || (name === "organizations" && operation !== "truncate"),
};

testOnBothProjects(
  "every statement that a role has no right to is refused, on every table and view",
  async (db, t, privileges) => {
    const relations = await db.query<Relation>(
      `select c.name, c.relkind as kind, quote_ident(min(a.attname)) as column
     from ${RELATIONS} c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relkind in ('r', 'p', 'v', 'm') and not a.attisdropped and a.attidentity = ''
     group by 1, 2`,
    );
    const ours = relations.filter(({ name }) => privileges === "new" || !isApplications(name));
    for (const role of ["anon", "authenticated", "service_role"] as const) {
      await t.step(role, async () => {
        const client = await db.connect(role, { sub: crypto.randomUUID() });
        const wrong: string[] = [];
        for (const relation of ours) {
          for (const [operation, sql] of Object.entries(attempts(relation))) {
            const isAllowed = ALLOWED[role]?.(relation, operation) ?? false;
            const code = await codeOf(client, sql);
            // A view that cannot be written says so in its own way.
            if (!isAllowed && code !== DENIED && code !== "55000") {
              wrong.push(`${operation} ${relation.name}: ${code}`);
            }
          }
        }
        assertEquals(wrong, []);
      });
    }
  },
);

/** What a user may call; the second runs with the user's own rights on organizations, which are none. */
const CALLABLE = {
  anon: [],
  authenticated: ["offered_area_codes()", "register_organization(jsonb)"],
};

// may_call() and my_organizations() included: their right is for the policy of phone_numbers, the
// schema stays closed.
testOnBothProjects(
  "no function can be called by a stranger, and two by a user, for what it may",
  async (db, t) => {
    const calls = await db.query<{ signature: string; call: string }>(
      `select f.signature, format('select %I.%I(%s)', f.nspname, f.proname, (
       select string_agg('null::' || format_type(a, null), ', ' order by place)
       from unnest(f.proargtypes::oid[]) with ordinality u (a, place))) as call
     from ${FUNCTIONS} f where f.prorettype <> 'trigger'::regtype`,
    );
    for (const role of ["anon", "authenticated"] as const) {
      await t.step(role, async () => {
        const client = await db.connect(role);
        const possible: string[] = [];
        for (const { signature, call } of calls) {
          if (await codeOf(client, call) !== DENIED) possible.push(signature);
        }
        assertEquals(possible.sort(), CALLABLE[role]);
        const registering = `select register_organization('{"name": "x", "slug": "x"}')`;
        assertEquals(await codeOf(client, registering), DENIED);
      });
    }
  },
);

/** The SQLSTATE, or "none" when it is done. Nothing of it stays. */
async function codeOf(client: pg.Client, sql: string): Promise<string> {
  await client.query("begin");
  try {
    await client.query(sql);
    return "none";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    await client.query("rollback");
  }
}
