const SAFE = "set search_path = pg_catalog, pg_temp";
const PUBLIC = "set search_path = public, extensions, pg_temp";

const procedure = (body: string, options = SAFE) =>
  `create function f() returns setof int language plpgsql ${options} as $$ ${body} $$`;
const run = (statement: string, options = SAFE) => procedure(`begin ${statement}; end`, options);
const query = (statement: string, options = SAFE) =>
  `create function f() returns setof int language sql ${options} as $$ ${statement} $$`;

type Fixtures = [definition: string, findings: string[]][];

const UPDATE = "update public.t set a = 1";
const DELETE = "delete from public.t";
const NO_UPDATE = ["line 1: UPDATE without WHERE"];
const NO_DELETE = ["line 1: DELETE without WHERE"];

/** By rule: functions that break it, and what is found. */
export const BAD: Record<string, Fixtures> = {
  "every update and delete has a where": [
    [run(UPDATE), NO_UPDATE],
    [run(DELETE), NO_DELETE],
    [query(UPDATE), NO_UPDATE],
    [query(`select 1;\n\n-- where\n${DELETE}`), ["line 4: DELETE without WHERE"]],
    [run("update public.t t set a = o.a from public.o o join public.u u on u.a = o.a"), NO_UPDATE],
    [run(`${UPDATE} returning a`), NO_UPDATE],
    [run(`with gone as (${DELETE} returning a) select g.a from gone g where g.a = 1`), NO_DELETE],
    [run(`return query ${UPDATE} returning a`), NO_UPDATE],
    [run(`return query with gone as (${DELETE} returning a) select 1 from gone`), NO_DELETE],
    [run(`for i in 1..2 loop while true loop ${DELETE}; end loop; end loop`), NO_DELETE],
    [run(`if false then null; elsif false then ${UPDATE}; end if`), NO_UPDATE],
    [run(`if true then null; else ${UPDATE}; end if`), NO_UPDATE],
    [run(`case 1 when 1 then ${UPDATE}; else null; end case`), NO_UPDATE],
    [run(`case 1 when 1 then null; else ${DELETE}; end case`), NO_DELETE],
    [run(`begin null; exception when others then ${UPDATE}; end`), NO_UPDATE],
    [
      procedure(`declare r record; begin for r in ${UPDATE} returning a loop null; end loop; end`),
      NO_UPDATE,
    ],
    [
      procedure(`declare c cursor for with d as (${DELETE} returning a) select 1; begin end`),
      NO_DELETE,
    ],
    [procedure(`declare\n  v int;\nbegin\n  ${UPDATE}\n  returning a into v;\nend`), [
      "line 4: UPDATE without WHERE",
    ]],
    [run("execute 'update public.t set a = 1'"), [
      ...NO_UPDATE,
      "line 1: UPDATE without WHERE, in a text that is executed",
    ]],
    [run("execute format('delete from public.%I', 't')"), [
      ...NO_DELETE,
      "line 1: DELETE without WHERE, in a text that is executed",
    ]],
    [procedure("declare v text; begin execute 'delete from ' || v; end"), [
      "line 1: DELETE without WHERE, in a text that is executed",
    ]],
  ],
  "every table is named with its schema": [
    [run("perform 1 from t"), ["line 1: table t"]],
    [run("insert into t values (1)"), ["line 1: table t"]],
    [run("with t as (select 1) select 1 from t union select 1 from u"), ["line 1: table u"]],
    [run("perform 1 from (with t as (select 1) select 1 from t) x, t"), ["line 1: table t"]],
    [procedure("declare v t.a%type; begin end"), ["line 1: table t"]],
    [query("select 1 from pg_class", "set search_path = ''"), ["line 1: table pg_class"]],
    [query("select 1 from pg_class", "set search_path = pg_temp, pg_catalog"), [
      "line 1: table pg_class",
    ]],
    [query("select 1 from pg_class", "set search_path = public, pg_catalog, pg_temp"), [
      "line 1: table pg_class",
    ]],
    [query("select 1 from pg_class", ""), ["line 1: table pg_class"]],
    [run("execute 'select 1 from t'"), ["line 1: table t"]],
    [run("execute format('select 1 from t where a = %L', 'b')"), ["line 1: table t"]],
  ],
  "every type is named with its schema": [
    [run("perform null::t"), ["line 1: type t"]],
    [query("select cast(1 as t)"), ["line 1: type t"]],
    [procedure("declare v t; begin end"), ["line 1: type t"]],
    [procedure("declare v t[]; begin end"), ["line 1: type t"]],
    [procedure("declare v t%rowtype; begin end"), ["line 1: type t"]],
    [query("select 1 from pg_catalog.jsonb_to_record('{}') as r (a t)"), ["line 1: type t"]],
    [query("select null::timestamptz", "set search_path = ''"), ["line 1: type timestamptz"]],
    [query("select null::timestamptz", "set search_path = pg_catalog"), [
      "line 1: type timestamptz",
    ]],
    [procedure("declare v uuid; begin end", "set search_path = ''"), ["line 1: type uuid"]],
    [query("select null::uuid", ""), ["line 1: type uuid"]],
  ],
  "every function is named with its schema": [
    [run("perform f()"), ["line 1: function f()"]],
    [query("select gen_random_bytes(1)"), ["line 1: function gen_random_bytes()"]],
    [query("select lower('A')", PUBLIC), ["line 1: function lower()"]],
    [query("select unnest(array[1])", PUBLIC), ["line 1: function unnest()"]],
    [query("select count(*) from public.t", PUBLIC), ["line 1: function count()"]],
    [procedure("declare v int := f(); begin end"), ["line 1: function f()"]],
    [procedure("declare v int; begin v := f(); end"), ["line 1: function f()"]],
    [procedure("declare v int[]; begin v[f()] = 1; v[2] := g(); end"), [
      "line 1: function f()",
      "line 1: function g()",
    ]],
    [run("raise notice '%', f()"), ["line 1: function f()"]],
    [run("return next f()"), ["line 1: function f()"]],
    [run("if f() then null; end if"), ["line 1: function f()"]],
    [run("execute 'select f()'"), ["line 1: function f()"]],
    [run("execute format('select %I()', 'f')"), ["line 1: function x()"]],
  ],
  "every operator is named with its schema": [
    [query("select 1 where 'a' <% 'b'"), ["line 1: operator <%"]],
    [query("select 1 + 2", PUBLIC), ["line 1: operator +"]],
    [query("select 1 where 'a' like 'b'", PUBLIC), ["line 1: operator ~~"]],
    [query("select 1 where 1 in (2)", PUBLIC), ["line 1: operator ="]],
    [query("select 1 where 1 in (select 2)", PUBLIC), ["line 1: operator ="]],
    [query("select 1 where 1 > all (select 2)", PUBLIC), ["line 1: operator >"]],
    [query("select 1 where 1 between 2 and 3", PUBLIC), [
      "line 1: operator >=",
      "line 1: operator <=",
    ]],
    [query("select 1 where 1 is distinct from 2", PUBLIC), ["line 1: operator ="]],
    [query("select nullif(1, 2)", PUBLIC), ["line 1: operator ="]],
    [query("select case 1 when 2 then 3 end", PUBLIC), ["line 1: operator ="]],
    [query("select 1 from public.t join public.u using (a)", PUBLIC), ["line 1: operator ="]],
    [query("select 1 from public.t natural join public.u", PUBLIC), ["line 1: operator ="]],
    [query("select a from public.t order by a using <", PUBLIC), ["line 1: operator <"]],
    [query("select 1 = 1", ""), ["line 1: operator ="]],
  ],
  "nothing is in pg_temp, which is the caller's": [
    [run("perform 1 from pg_temp.t"), ["line 1: RangeVar in pg_temp"]],
    [run("perform pg_temp.f()"), ["line 1: FuncCall in pg_temp"]],
    [procedure("declare v pg_temp.t; begin end"), ["line 1: TypeName in pg_temp"]],
  ],
  "what is executed is built by format() with %I and %L, or takes its values by using": [
    "'select ' || v",
    "'select ''' || v || ''''",
    "format('select %s', v)",
    "format('select %1$s', v)",
    "format('select %-10s', v)",
    "format('select %I' || v, 'a')",
    "format(v)",
    "v",
    "concat('select ', v)",
    "replace('select ?', '?', v)",
  ].flatMap((text): Fixtures => {
    const found = ["line 1: a value becomes SQL as it is"];
    const declare = "declare v text; r record;";
    return [
      [procedure(`${declare} begin execute ${text}; end`), found],
      [procedure(`${declare} begin execute ${text} using v; end`), found],
      [procedure(`${declare} begin for r in execute ${text} loop null; end loop; end`), found],
      [procedure(`${declare} begin return query execute ${text}; end`), found],
      [procedure(`${declare} c refcursor; begin open c for execute ${text}; end`), found],
    ];
  }),
  "what is stable or immutable does not write": [
    [query("insert into public.t values (1)", `stable ${SAFE}`), ["line 1: InsertStmt"]],
    [run(`${UPDATE} where true`, `immutable ${SAFE}`), ["line 1: UpdateStmt"]],
    [run(`with d as (${DELETE} where true) select 1`, `stable ${SAFE}`), ["line 1: DeleteStmt"]],
    [query("select nextval('public.s')", `stable ${SAFE}`), ["line 1: nextval"]],
    [run("execute 'insert into public.t values (1)'", `stable ${SAFE}`), ["line 1: InsertStmt"]],
  ],
};

/** Functions in which nothing is wrong. */
export const GOOD: string[] = [
  run(`${UPDATE} where true; ${DELETE} where a = 1`),
  run("insert into public.t values (1) on conflict (a) do update set a = 2"),
  run("insert into public.update_t select 1 from public.delete_t"),
  run("perform 1 from public.t x for update of x skip locked"),
  run("perform 1 from new_rows"),
  run("with a as (select 1), b as (select 1 from a) select 1 from b"),
  run("with recursive a as (select 1 union all select 1 from a) select 1 from a"),
  run("execute format('select public.%I(%L)', 'f', 'v')"),
  run("execute 'select public.f($1)' using 1"),
  run("execute format('select %2$s, 5 %% %3$L', 1, quote_ident('a'), 'v')"),
  run(
    "execute format('select %1$s, %1$s from public.t', (select string_agg(quote_ident(k), ', ') " +
      "from jsonb_object_keys('{}') k))",
  ),
  run("execute 'update public.t set a = ' || quote_literal('1') || ' where a = 2'"),
  procedure("declare v public.t%rowtype; w int := 1 + 2; begin v.a = w; w := lower('a'); end"),
  procedure("declare v int[]; begin v[case when 1 = 1 then 1 end] := 2 + 1; end"),
  query("select count(*), null::timestamptz, 1 = 1 from pg_class"),
  query(
    "select pg_catalog.lower('A') operator(pg_catalog.||) 'b', null::uuid from pg_class",
    PUBLIC,
  ),
  query("select 1 from unnest(array[1], array[2]) as x (a, b)", PUBLIC),
  query("select case when true then coalesce(1, 2) end, greatest(1, 2)", PUBLIC),
  query("select nextval('public.s')"),
  "create function f() returns int language c as 'library', 'symbol'",
];
