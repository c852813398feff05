import { createClient } from "@supabase/supabase-js";
import { assertEquals } from "../../support/assert.ts";
import { startTestGateway } from "./support.ts";

const SQL = `
  create function public.session() returns jsonb language sql as $$
    select jsonb_build_object('login', session_user, 'role', current_user,
      'statement', current_setting('statement_timeout'), 'lock', current_setting('lock_timeout'))
  $$;
  grant execute on function public.session to anon, authenticated, service_role;

  create table public.items (id int primary key, label text);
  create table public.parts (id int primary key, item_id int references public.items (id));
  create view public.labels with (security_invoker = true) as select id, label from public.items;
  insert into public.items values (1, 'one'), (2, 'two');
  insert into public.parts values (10, 1);
  create sequence public.reads;
  create view public.counted as select nextval('public.reads') as n;
  grant select, insert, update, delete on public.items, public.parts, public.labels to service_role;
  grant select on public.counted to service_role;
  grant usage on sequence public.reads to service_role;

  create table public.nobodys (id int primary key);

  create schema billing;
  create table billing.invoices (id int primary key, cents int);
  create function billing.total() returns bigint language sql stable
    as 'select sum(cents) from billing.invoices';
  grant usage on schema billing to service_role;
  grant select, insert on billing.invoices to service_role;

  create schema hidden;
  create table hidden.secrets (id int primary key);
  grant usage on schema hidden to service_role;
  grant select on hidden.secrets to service_role;
`;

Deno.test("a request has the rights and limits that PostgREST gives it", async (t) => {
  await using gateway = await startTestGateway(SQL, {}, { schemas: ["public", "billing"] });
  const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };
  const { keys } = gateway;
  const service = createClient(gateway.url, keys.secret, { auth });
  const session = async (key: string, token?: string) => {
    const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
    const client = createClient(gateway.url, key, { auth, global: { headers } });
    return (await client.rpc("session")).data;
  };
  const limits = (role: string, statement: string) => ({
    login: "authenticator",
    role,
    statement,
    lock: "8s",
  });

  await t.step("it logs in as authenticator, and each role has its own limit", async () => {
    assertEquals(await session(keys.publishable), limits("anon", "3s"));
    assertEquals(await session(keys.secret), limits("service_role", "8s"));
    const token = await gateway.userToken(crypto.randomUUID());
    assertEquals(await session(keys.publishable, token), limits("authenticated", "8s"));
    // The limits of the request before are gone with its transaction.
    assertEquals(await session(keys.secret), limits("service_role", "8s"));
  });

  await t.step("tables, views and what belongs together are found", async () => {
    const { data } = await service.from("items").select("label, parts (id)").order("id");
    assertEquals(data, [{ label: "one", parts: [{ id: 10 }] }, { label: "two", parts: [] }]);
    assertEquals((await service.from("labels").select("label").eq("id", 2)).data, [
      { label: "two" },
    ]);
    const changed = await service.from("items").update({ label: "zwei" }).eq("id", 2).select();
    assertEquals(changed.data, [{ id: 2, label: "zwei" }]);
  });

  await t.step("a table without a grant is there, and refused", async () => {
    const { status, error } = await service.from("nobodys").select();
    assertEquals([status, error?.code], [403, "42501"]);
    const missing = await service.from("missing").select();
    assertEquals([missing.status, missing.error?.code], [404, "PGRST205"]);
  });

  await t.step("reading does not write", async () => {
    const { status, error } = await service.from("counted").select();
    assertEquals([status, error?.code], [405, "25006"]);
  });

  await t.step("another exposed schema is reached by its name alone", async () => {
    const billing = createClient(gateway.url, keys.secret, { auth, db: { schema: "billing" } });
    const insert = await billing.from("invoices").insert({ id: 1, cents: 250 }).select().single();
    assertEquals([insert.error, insert.data], [null, { id: 1, cents: 250 }]);
    assertEquals((await billing.rpc("total")).data, 250);
    assertEquals((await service.schema("billing").from("invoices").select("cents")).data, [
      { cents: 250 },
    ]);
    assertEquals((await service.from("invoices").select()).error?.code, "PGRST205");
    const response = await fetch(`${gateway.url}/rest/v1/invoices?select=cents`, {
      headers: { apikey: keys.secret, "Accept-Profile": "billing" },
    });
    assertEquals(await response.json(), [{ cents: 250 }]);
  });

  await t.step("a schema that is not exposed is refused", async () => {
    const { status, error } = await service.schema("hidden").from("secrets").select();
    assertEquals([status, error?.code], [406, "PGRST106"]);
  });
});
