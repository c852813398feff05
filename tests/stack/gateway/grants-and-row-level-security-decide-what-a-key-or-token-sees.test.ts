import { createClient } from "@supabase/supabase-js";
import { assertEquals } from "../../support/assert.ts";
import { startTestGateway } from "./support.ts";

const OWNER = "11111111-1111-4111-8111-111111111111";
const SQL = `
  create table public.notes (id int primary key, owner_id uuid, body text);
  alter table public.notes enable row level security;
  create policy own on public.notes for select to authenticated
    using (owner_id = (select auth.uid()));
  grant select, insert on public.notes to service_role;
  grant select on public.notes to authenticated;
  insert into public.notes values (1, '${OWNER}', 'mine'), (2, null, 'nobody''s');
  create function public.who() returns json language sql
    as 'select json_build_object(''role'', current_user, ''user'', auth.uid(), ''claims'', auth.jwt())';
  revoke execute on function public.who from public;
  grant execute on function public.who to authenticated;
`;

Deno.test("grants and row level security decide what a key or token sees", async (test) => {
  await using gateway = await startTestGateway(SQL);
  const client = (key: string, token?: string) =>
    createClient(gateway.url, key, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: { headers: token ? { Authorization: `Bearer ${token}` } : {} },
    });
  const { keys } = gateway;
  const read = (key: string, token?: string) => client(key, token).from("notes").select("id");

  await test.step("the secret key is service_role, whom no policy holds back", async () => {
    assertEquals((await read(keys.secret)).data, [{ id: 1 }, { id: 2 }]);
    const insert = await client(keys.secret).from("notes").insert({ id: 3 }).select().single();
    assertEquals(insert.data, { id: 3, owner_id: null, body: null });
  });
  await test.step("without a grant even service_role is refused", async () => {
    const { error, status } = await client(keys.secret).from("notes").delete().eq("id", 1);
    assertEquals([error?.code, status], ["42501", 403]);
  });
  await test.step("the publishable key is anon, whom nothing is granted", async () => {
    const { error, status } = await read(keys.publishable);
    assertEquals([error?.code, status], ["42501", 401]);
  });
  await test.step("a user sees their own rows", async () => {
    const token = await gateway.userToken(OWNER, { app_metadata: { plan: "clinic" } });
    assertEquals((await read(keys.publishable, token)).data, [{ id: 1 }]);
    const { data } = await client(keys.publishable, token).rpc("who");
    assertEquals([data.role, data.user], ["authenticated", OWNER]);
    assertEquals(data.claims.app_metadata, { plan: "clinic" });
  });
  await test.step("a user's token outranks the secret key beside it", async () => {
    const token = await gateway.userToken(OWNER);
    assertEquals((await read(keys.secret, token)).data, [{ id: 1 }]);
  });
  await test.step("no key, a wrong key, a forged token, a role that is not for the API", async () => {
    const status = async (headers: Record<string, string>) => {
      const response = await fetch(`${gateway.url}/rest/v1/notes`, { headers });
      await response.body?.cancel();
      return response.status;
    };
    const bearer = (token: string) => ({
      apikey: keys.publishable,
      authorization: `Bearer ${token}`,
    });
    const token = await gateway.userToken(OWNER);
    const [header, , signature] = token.split(".");
    const claims = btoa(JSON.stringify({ role: "service_role" })).replaceAll("=", "");
    assertEquals(await status({}), 401);
    assertEquals(await status({ apikey: "sb_secret_guessed" }), 401);
    assertEquals(await status(bearer(`${header}.${claims}.${signature}`)), 401);
    assertEquals(await status(bearer(await gateway.userToken(OWNER, { role: "postgres" }))), 403);
  });
});
