import { createClient } from "@supabase/supabase-js";
import { assertEquals } from "../../support/assert.ts";
import { startTestGateway } from "./support.ts";

const SQL = `
  create table public.things (
    id bigint generated always as identity primary key, name text, cost numeric(10, 2),
    made_at timestamptz not null default '2026-01-02 03:04:05.678+00', data jsonb
  );
  insert into public.things (name, cost, data) values ('a', 1.50, '{"x": [1]}'), ('b', 2, null);
  create function public.scalar(p_a int, p_b text default 'b') returns text language sql
    as 'select p_a || p_b';
  create function public.nothing() returns void language sql as 'select null';
  create function public.many(p_limit int) returns setof public.things language sql stable
    as 'select * from public.things order by id limit p_limit';
  create function public.one() returns public.things language sql stable
    as 'select * from public.things order by id limit 1';
  create function public.columns() returns table (a int, b text) language sql
    as $$ select 1, 'x' $$;
  create function public.echo(p_value jsonb) returns jsonb language sql
    as 'select jsonb_build_object(''got'', p_value)';
  create function public.typed(p_texts text[], p_at timestamptz, p_id uuid) returns json language sql
    as 'select json_build_array(p_texts, p_at at time zone ''utc'', p_id)';
  create function public.no_row() returns public.things language sql stable
    as 'select * from public.things where false';
  create schema private;
  create table private.rows (id int, label text);
  insert into private.rows values (1, 'kept from everybody');
  create function public.from_private() returns private.rows language sql security definer
    as 'select * from private.rows';
  create function public.all_from_private() returns setof private.rows language sql
    security definer as 'select * from private.rows';
  grant select on public.things to service_role;
`;
const THING = {
  id: 1,
  name: "a",
  cost: 1.5,
  made_at: "2026-01-02T03:04:05.678+00:00",
  data: { x: [1] },
};
const ID = "11111111-1111-4111-8111-111111111111";

const CASES: { name: string; parameters?: Record<string, unknown>; expected: unknown }[] = [
  { name: "scalar", parameters: { p_a: 1 }, expected: "1b" },
  { name: "scalar", parameters: { p_a: 1, p_b: "c" }, expected: "1c" },
  { name: "nothing", expected: null },
  { name: "many", parameters: { p_limit: 1 }, expected: [THING] },
  { name: "many", parameters: { p_limit: 0 }, expected: [] },
  { name: "one", expected: THING },
  // A single row that is not there is one of nulls, because Postgres makes it so in `from`.
  { name: "no_row", expected: { id: null, name: null, cost: null, made_at: null, data: null } },
  { name: "from_private", expected: { id: 1, label: "kept from everybody" } },
  { name: "all_from_private", expected: [{ id: 1, label: "kept from everybody" }] },
  { name: "columns", expected: [{ a: 1, b: "x" }] },
  { name: "echo", parameters: { p_value: { a: [1, "b"] } }, expected: { got: { a: [1, "b"] } } },
  { name: "echo", parameters: { p_value: ["a"] }, expected: { got: ["a"] } },
  { name: "echo", parameters: { p_value: "text" }, expected: { got: "text" } },
  { name: "echo", parameters: { p_value: null }, expected: { got: null } },
  {
    name: "typed",
    parameters: { p_texts: ["a,b", '"'], p_at: "2026-01-02T03:04:05Z", p_id: ID },
    expected: [["a,b", '"'], "2026-01-02T03:04:05", ID],
  },
];

Deno.test("a function of the database is called as PostgREST calls it", async (test) => {
  await using gateway = await startTestGateway(SQL);
  const client = createClient(gateway.url, gateway.keys.secret, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  for (const { name, parameters, expected } of CASES) {
    await test.step(`${name} ${JSON.stringify(parameters ?? {})}`, async () => {
      const { data, error } = await client.rpc(name, parameters);
      assertEquals(error, null);
      assertEquals(data, expected);
    });
  }
  await test.step("a table's row looks the same", async () => {
    const { data } = await client.from("things").select().eq("id", 1).single();
    assertEquals(data, THING);
  });
});
