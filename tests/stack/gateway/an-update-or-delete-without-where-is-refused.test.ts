import { createClient } from "@supabase/supabase-js";
import { assertEquals } from "../../support/assert.ts";
import { startTestGateway } from "./support.ts";

const SQL = `
  create table public.counts (id int primary key, n int not null default 0);
  create table public.log (id int primary key);
  create table public.quiet (id int primary key);
  insert into public.counts select k from generate_series(1, 3) k;
  grant all on public.counts, public.log, public.quiet to service_role;

  create function public.update_all() returns void language sql security definer
    as 'update public.counts set n = n + 1';
  create function public.delete_all() returns void language plpgsql security definer
    as $$ begin delete from public.counts; end $$;
  create function public.by_a_with() returns bigint language sql security definer
    as 'with gone as (delete from public.counts returning *) select count(*) from gone';
  create function public.far_below() returns void language plpgsql
    as $$ begin perform public.delete_all(); end $$;
  create function public.by_text() returns void language plpgsql security definer
    as $$ begin execute format('update %I set n = 0', 'counts'); end $$;
  create function public.count_log() returns trigger language plpgsql security definer
    as $$ begin update public.counts set n = n + 1; return null; end $$;
  create trigger log_counts after insert on public.log for each row
    execute function public.count_log();
  create function public.where_true() returns void language plpgsql security definer
    as $$ begin update public.counts set n = n + 1 where true; end $$;
  create function public.by_text_where() returns void language plpgsql security definer
    as $$ begin execute format('update %I set n = n + 1 where id = 1', 'counts'); end $$;
`;

const REFUSED = [400, "21000"];
const UPDATE = "UPDATE requires a WHERE clause";
const DELETE = "DELETE requires a WHERE clause";

Deno.test("an update or delete without where is refused over the Data API, as by pg-safeupdate", async (t) => {
  await using gateway = await startTestGateway(SQL);
  const client = createClient(gateway.url, gateway.keys.secret, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  const ids = async () => {
    const { data } = await client.from("counts").select("id, n").order("id");
    return data?.map(({ id, n }) => `${id}: ${n}`).join(", ");
  };
  const cases: [what: string, request: () => PromiseLike<Outcome>, message: string][] = [
    ["PATCH", () => client.from("counts").update({ n: 9 }), UPDATE],
    ["DELETE", () => client.from("counts").delete(), DELETE],
    ["a function in SQL", () => client.rpc("update_all"), UPDATE],
    ["a function in PL/pgSQL", () => client.rpc("delete_all"), DELETE],
    ["a with", () => client.rpc("by_a_with"), DELETE],
    ["a function that another one calls", () => client.rpc("far_below"), DELETE],
    ["a text that is executed", () => client.rpc("by_text"), UPDATE],
    ["a trigger", () => client.from("log").insert({ id: 1 }), UPDATE],
  ];
  for (const [what, request, message] of cases) {
    await t.step(`${what}: refused, and nothing is done`, async () => {
      const { status, error } = await request();
      assertEquals([status, error?.code], REFUSED);
      assertEquals(error?.message, message);
      assertEquals(await ids(), "1: 0, 2: 0, 3: 0");
    });
  }

  await t.step("with a where each is done, also just after a refusal", async () => {
    const done = [
      await client.from("counts").update({ n: 1 }).eq("id", 1),
      await client.from("counts").delete().gt("id", 2),
      await client.rpc("where_true"),
      await client.rpc("by_text_where"),
      await client.from("quiet").insert({ id: 1 }),
      await client.from("quiet").upsert({ id: 1 }),
    ];
    assertEquals(done.map(({ error }) => error), done.map(() => null));
    assertEquals(await ids(), "1: 3, 2: 1");
  });

  await t.step("in the database itself, as postgres, nothing is refused", async () => {
    await gateway.database.query("update public.counts set n = 0");
    assertEquals(await ids(), "1: 0, 2: 0");
  });
});

interface Outcome {
  status: number;
  error: { code: string; message: string } | null;
}
