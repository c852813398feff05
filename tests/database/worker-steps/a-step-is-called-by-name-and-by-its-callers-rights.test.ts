import { readFileSync } from "node:fs";
import type pg from "pg";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { values } from "../../support/pool.ts";

const STEPS = `
  create function phone_pool_worker.echo(
    p_text text, p_list text[] default '{a}', p_at timestamptz default null, p_data jsonb default null)
  returns jsonb language sql as $$ select jsonb_build_array(p_text, p_list, p_at, p_data) $$;
  create function phone_pool_worker.rows(p_count int) returns table (n int, even boolean)
  language sql as $$ select i, i % 2 = 0 from generate_series(1, p_count) i $$;
  create function phone_pool_worker.row(p_id uuid) returns phone_pool.planner
  language sql as $$ select p from phone_pool.planner p where p_id is null $$;
  create function phone_pool_worker.nothing() returns void language sql as $$ select $$;
  create function phone_pool_worker.closed() returns int language sql as $$ select 1 $$;
  create function phone_pool.inner() returns int language sql as $$ select 1 $$;
  grant execute on all functions in schema phone_pool_worker to service_role;
  revoke execute on function phone_pool_worker.closed() from public, service_role;`;

const step = async (client: pg.ClientBase, name: string, parameters: unknown = {}) =>
  (await client.query("select public.phone_pool_step($1, $2) as result", [
    name,
    JSON.stringify(parameters),
  ])).rows[0]?.result;

Deno.test("a step is called by name, and by its caller's rights", async (t) => {
  await using db = await createTestDatabase();
  await db.query(STEPS);
  const client = await db.connect("service_role");

  await t.step(
    "arguments go by name, in any type; those that are left out have defaults",
    async () => {
      assertEquals(await step(client, "echo", { p_text: `it's "1"` }), [
        `it's "1"`,
        ["a"],
        null,
        null,
      ]);
      const parameters = {
        p_data: { a: [1, "x"] },
        p_list: ["b,c", "d"],
        p_at: "2026-01-02T03:04:05+00:00",
        p_text: null,
      };
      assertEquals(await step(client, "echo", parameters), [
        null,
        ["b,c", "d"],
        "2026-01-02T03:04:05+00:00",
        { a: [1, "x"] },
      ]);
    },
  );

  await t.step("rows are an array, a row is an object, no row is null", async () => {
    assertEquals(await step(client, "rows", { p_count: 2 }), [
      { n: 1, even: false },
      { n: 2, even: true },
    ]);
    assertEquals(await step(client, "rows", { p_count: 0 }), []);
    assert("only_row" in await step(client, "row", { p_id: null }));
    assertEquals(await step(client, "row", { p_id: crypto.randomUUID() }), null);
    assert(!await step(client, "nothing"));
  });

  const refusals: [name: string, step: string, parameters: unknown, sqlstate: string][] = [
    ["a step that is not there", "missing", {}, "22023"],
    ["an argument that it does not take", "rows", { p_count: 1, p_more: 2 }, "22023"],
    ["a column of its result as an argument", "rows", { p_count: 1, n: 2 }, "22023"],
    ["a missing argument without default", "rows", {}, "42883"],
    ["a function elsewhere", "inner", {}, "22023"],
    ["a name that is SQL", "rows(1); select 1 --", {}, "22023"],
    ["a step that the caller may not execute", "closed", {}, "42501"],
  ];
  for (const [name, called, parameters, sqlstate] of refusals) {
    await t.step(`${name} is refused`, async () => {
      const error = await assertRejects(() => step(client, called, parameters));
      assertEquals((error as pg.DatabaseError).code, sqlstate);
    });
  }

  await t.step("other roles have no door", async () => {
    for (const role of ["anon", "authenticated"] as const) {
      const error = await assertRejects(async () => step(await db.connect(role), "nothing"));
      assertEquals((error as pg.DatabaseError).code, "42501");
    }
  });
});

Deno.test("public holds what README names, and the workers' one door", async () => {
  await using db = await createTestDatabase();
  const names = await values<string>(
    db,
    `select p.proname as value from pg_proc p where p.pronamespace = 'public'::regnamespace
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1`,
  );
  assert(names.length <= 20, names.join(", "));
  const readme = readFileSync(inRoot("README.md"), "utf8");
  assertEquals(names.filter((name) => !readme.includes(`${name}(`)), []);
  const overloaded = `select proname as value from pg_proc
    where pronamespace = 'phone_pool_worker'::regnamespace group by proname having count(*) > 1`;
  assertEquals(await values(db, overloaded), []);
});
