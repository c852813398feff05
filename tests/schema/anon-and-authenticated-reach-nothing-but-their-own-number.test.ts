import { assertEquals } from "../support/assert.ts";
import { FUNCTIONS, offenders, RELATIONS } from "../support/catalogue.ts";
import { outcomeOf } from "../support/failure.ts";
import { addNumbers, register, values } from "../support/pool.ts";
import { isApplications, testOnBothProjects } from "../support/projects.ts";

/** role × object: every privilege that the two have, as "role privilege object". */
const PRIVILEGES = `with roles (role) as (values ('anon'), ('authenticated'))
  select role || ' ' || privilege || ' ' || name as value
  from roles, ${RELATIONS} c,
    unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) privilege
  where relkind in ('r', 'p', 'v', 'm') and has_table_privilege(role, c.oid, privilege)
  union all
  select role || ' ' || privilege || ' ' || c.name || '.' || attname
  from roles, ${RELATIONS} c join pg_attribute a on a.attrelid = c.oid and attnum > 0,
    unnest(array['select', 'insert', 'update', 'references']) privilege
  where relkind in ('r', 'p', 'v', 'm') and not attisdropped
    and has_column_privilege(role, c.oid, attnum, privilege)
  union all
  select role || ' ' || privilege || ' ' || c.name
  from roles, ${RELATIONS} c, unnest(array['usage', 'select', 'update']) privilege
  where relkind = 'S' and has_sequence_privilege(role, c.oid, privilege)
  union all
  select role || ' execute ' || signature from roles, ${FUNCTIONS} f
  where has_function_privilege(role, f.oid, 'execute')
  union all
  select role || ' ' || privilege || ' schema ' || schema from roles,
    unnest(array['phone_pool', 'phone_pool_worker']) schema, unnest(array['usage', 'create']) privilege
  where has_schema_privilege(role, schema, privilege)
  union all
  select role || ' create schema public' from roles where has_schema_privilege(role, 'public', 'create')
  union all
  select role || ' reads Vault' from roles
  where has_table_privilege(role, 'vault.decrypted_secrets', 'select')`;

const COLUMNS = [
  "area_code",
  "assigned_at",
  "country_code",
  "id",
  "organization_id",
  "phone_number",
  "status",
];

testOnBothProjects(
  "the whole matrix: anon nothing, authenticated seven columns, three questions and registering",
  async (db, _t, privileges) => {
    const found = await offenders(db, PRIVILEGES);
    const isOurs = (line: string) => privileges === "new" || !isApplications(line);
    assertEquals(found.filter(isOurs), [
      "authenticated execute offered_area_codes()",
      "authenticated execute phone_pool.may_call(uuid)",
      "authenticated execute phone_pool.my_organizations()",
      "authenticated execute register_organization(jsonb)",
      ...COLUMNS.map((column) => `authenticated select phone_numbers.${column}`),
    ]);
  },
);

testOnBothProjects(
  "policies: one, by which members read their organization's number",
  async (db) => {
    assertEquals(
      await offenders(
        db,
        `select format('%s %s %s %s', tablename, policyname, cmd, roles) as value from pg_policies
       where schemaname in ('public', 'phone_pool', 'phone_pool_worker')`,
      ),
      ["phone_numbers phone_numbers_read_by_members SELECT {authenticated}"],
    );
  },
);

testOnBothProjects(
  "a signed-in user sees the number of the own organization alone",
  async (db, t) => {
    const numbers = await addNumbers(db, 12);
    const [own, other, left] = await register(db, 3);
    await db.query("select unassign_phone_number($1, 'x')", [left]);
    const cases: [what: string, claims: Record<string, unknown>, sees: (string | undefined)[]][] = [
      ["a member", { app_metadata: { organization_id: own } }, [numbers[0]]],
      ["a member of another", { app_metadata: { organization_id: other } }, [numbers[1]]],
      ["one whose organization has left", { app_metadata: { organization_id: left } }, []],
      ["one without organization", { app_metadata: {} }, []],
      ["no app_metadata", {}, []],
      ["app_metadata of another shape", { app_metadata: [own] }, []],
      ["null", { app_metadata: { organization_id: null } }, []],
      ["user_metadata, which users write", { user_metadata: { organization_id: own } }, []],
      ["the claim in another place", { organization_id: own }, []],
    ];
    for (const [what, claims, sees] of cases) {
      await t.step(what, async () => {
        const client = await db.connect("authenticated", { sub: crypto.randomUUID(), ...claims });
        const { rows } = await client.query(
          `select ${COLUMNS.join(", ")} from public.phone_numbers`,
        );
        assertEquals(rows.map((row) => row.phone_number), sees);
      });
    }
  },
);

testOnBothProjects("what they try all the same is refused", async (db, _t, privileges) => {
  await addNumbers(db, 6);
  const [own] = await register(db, 1);
  const attempts = [
    "select * from public.phone_numbers",
    "select monthly_cost from public.phone_numbers",
    "update public.phone_numbers set status = 'available' where true",
    "insert into public.organizations (name, slug) values ('x', 'x')",
    "select * from admin_pool_health",
    "select * from phone_pool.settings",
    "select phone_pool.clock()",
    // As the caller, who has no right on organizations.
    `select register_organization('{"name": "x", "slug": "x"}')`,
    `select request_phone_number('${own}')`,
    `select phone_pool_worker.open_intake_call('${own}', '${own}', '+14155550123', 'i', 'h')`,
    "select phone_pool_worker.claim_purchases()",
    "select * from vault.decrypted_secrets",
  ];
  for (const role of ["anon", "authenticated"] as const) {
    const client = await db.connect(role, { app_metadata: { organization_id: own } });
    for (const attempt of attempts) {
      assertEquals(await outcomeOf(client.query(attempt)), "42501", `${role}: ${attempt}`);
    }
  }
  for (const role of ["anon", "authenticated"] as const) {
    const client = await db.connect(role, { app_metadata: { organization_id: own } });
    const reading = client.query("select * from public.organizations");
    // Row level security without a policy: on an old project the right is there, and no row.
    if (privileges === "old") assertEquals((await reading).rows, []);
    else assertEquals(await outcomeOf(reading), "42501");
  }
  const anon = await db.connect("anon");
  assertEquals(await outcomeOf(anon.query("select id from public.phone_numbers")), "42501");
  assertEquals((await values(db, "select 1 as value from public.organizations")).length, 1);
});
