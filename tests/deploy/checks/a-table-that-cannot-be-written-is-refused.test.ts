import { connectDatabase } from "../../../supabase/deploy/database.ts";
import { tryOrganizations } from "../../../supabase/deploy/checks/organizations-table.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addNumbers, register } from "../../support/pool.ts";
import { createProject } from "../support/project.ts";

/** An application's table, with this column for the phone. */
const table = (phone: string, more = "") => `
  create table public.organizations (id uuid primary key default gen_random_uuid(),
    name text not null default 'Clinic', phone ${phone}, settings jsonb, subscription_status text,
    created_at timestamptz not null default now() ${more});
  create table public.audit (phone text)`;

const ROWS = "insert into public.organizations (phone) select phone from (values ('212 555 0199'),\
  ('')) v (phone)";

/** A trigger of the application's own. */
const trigger = (when: string, body: string) => `
  create function public.application() returns trigger language plpgsql as $$ begin ${body} end $$;
  create trigger application ${when} on public.organizations
    for each row execute function public.application()`;

const FORMATTED = "regexp_replace(new.phone, '^\\+1(...)(...)(....)$', '(\\1) \\2-\\3')";

const REFUSED: [what: string, statements: string[], says: string][] = [
  ["phone not null default ''", [table("text not null default ''"), ROWS], "drop not null"],
  ["… without a row", [table("text not null default ''")], "drop not null"],
  ["varchar(10)", [table("varchar(10)")], "too short for +12015550100"],
  [
    "a check of the format",
    [table("text constraint pretty check (phone ~ '^\\(')")],
    "the check pretty refuses +12015550100",
  ],
  [
    "a check that wants a phone",
    [table("text default '1' constraint wanted check (phone is not null)")],
    "the check wanted refuses null",
  ],
  [
    "a generated column",
    [table("text generated always as (settings ->> 'phone') stored")],
    "phone is a generated column",
  ],
  [
    "one organization without a phone at most",
    [table("text constraint single unique nulls not distinct")],
    "single does not let two organizations have no phone",
  ],
  [
    "a trigger that formats before",
    [table("text"), trigger("before update", `new.phone := ${FORMATTED}; return new;`)],
    "was written as +12015550100 and reads '(201) 555-0100'",
  ],
  [
    "a trigger that formats after",
    [
      table("text"),
      trigger(
        "after update",
        `update public.organizations o set phone = ${FORMATTED}
         where o.id = new.id and o.phone like '+%'; return null;`,
      ),
    ],
    "was written as +12015550100 and reads '(201) 555-0100'",
  ],
  [
    "a trigger that keeps the first phone",
    [
      table("text"),
      trigger("before update", "new.phone := coalesce(old.phone, new.phone); return new;"),
    ],
    "was written as +12015550102 and reads '+12015550100'",
  ],
  [
    "a trigger that refuses",
    [table("text"), trigger("before update", "raise exception 'ask the office';")],
    "phone cannot be written: ask the office (P0001)",
  ],
  [
    "a check at the end of the transaction",
    [
      table("text"),
      `create function public.application() returns trigger language plpgsql
         as $$ begin raise exception 'at the end'; end $$;
       create constraint trigger application after update on public.organizations
         deferrable initially deferred for each row execute function public.application()`,
    ],
    "phone cannot be written: at the end (P0001)",
  ],
  [
    "a trigger that passes no update",
    [table("text"), trigger("before update", "return null;")],
    "an update of phone changes no row",
  ],
  [
    "a rule that passes no update",
    [
      table("text"),
      "create rule application as on update to public.organizations do instead nothing",
    ],
    "an update of phone changes no row",
  ],
];

const FITS: [what: string, statements: string[], triedRows: number][] = [
  ["text", [table("text"), ROWS], 2],
  ["… without a row", [table("text")], 2],
  ["varchar(12), as long as it must be", [table("varchar(12)"), ROWS], 2],
  ["unique", [table("text unique"), ROWS], 2],
  [
    "all test numbers but a few stand in it",
    [
      table("text unique"),
      "insert into public.organizations (phone) select '+12015550' || k from generate_series(100, 190) k",
    ],
    2,
  ],
  [
    "columns that must have a value",
    [
      "create type public.plan as enum ('free', 'paid')",
      table(
        "text",
        ", slug varchar(8) not null unique, seats int not null, plan public.plan not null, " +
          "tags text[] not null, is_live bool not null, data json not null, owner uuid not null",
      ),
    ],
    2,
  ],
  [
    "a trigger that writes something else",
    [
      table("text"),
      ROWS,
      trigger(
        "before update",
        "insert into public.audit values (new.phone); new.name := 'touched'; return new;",
      ),
    ],
    2,
  ],
  [
    "no row, and none that could be made",
    [table("text", ", owner uuid not null references public.organizations (id)")],
    0,
  ],
];

async function tried(database: TestDatabase) {
  await using connection = await connectDatabase(database.url);
  return await tryOrganizations(connection);
}

const rowsOf = async (database: TestDatabase) =>
  JSON.stringify(
    await database.query(
      `select (select jsonb_agg(to_jsonb(o) || jsonb_build_object('xmin', o.xmin::text) order by o.id)
         from public.organizations o) as organizations, (select count(*) from public.audit) as audit`,
    ),
  );

for (const [what, statements, says] of REFUSED) {
  Deno.test(`refused, by the deployment and by the migration: ${what}`, async () => {
    await using database = await createTestDatabase({ bare: true });
    for (const sql of statements) await database.query(sql);
    const before = await rowsOf(database);
    const { problem } = await tried(database);
    assertStringIncludes(problem ?? "nothing", says);
    assertEquals(await rowsOf(database), before);
  });
}

for (const [what, statements, triedRows] of FITS) {
  Deno.test(`fits: ${what}`, async () => {
    await using database = await createTestDatabase({ bare: true });
    for (const sql of statements) await database.query(sql);
    const before = await rowsOf(database);
    assertEquals(await tried(database), { triedRows });
    assertEquals(await rowsOf(database), before);
  });
}

Deno.test("where phone-pool is installed: on those without a number, and nothing is noted", async () => {
  await using database = await createTestDatabase();
  await addNumbers(database, 3);
  await register(database, 3);
  assertEquals(await tried(database), { triedRows: 2 });
  await register(database, 2);
  assertEquals(await tried(database), { triedRows: 2 });
  assertEquals(
    await database.query(
      `select (select count(*)::int from public.organizations) as organizations,
         (select count(*)::int from phone_pool.drifts) as drifts,
         (select count(*)::int from phone_pool.number_requests) as waiting`,
    ),
    [{ organizations: 5, drifts: 0, waiting: 2 }],
  );
  await database.query(
    trigger("before update", `new.phone := ${FORMATTED}; return new;`),
  );
  assertStringIncludes((await tried(database)).problem ?? "", "reads '(201) 555-0100'");
});

Deno.test("the command says it, and what to do", async () => {
  await using project = await createProject((database) =>
    database.query(table("text not null default ''"))
  );
  assert(!await project.check());
  const said = project.said.join("\n");
  assertStringIncludes(said, "alter column phone drop not null");
  assertStringIncludes(said, "phone-pool never alters this table");
  assertStringIncludes(said, "Nothing was changed");
});
