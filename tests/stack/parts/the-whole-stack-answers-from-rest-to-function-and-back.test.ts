import { createClient } from "@supabase/supabase-js";
import { assertEquals } from "../../support/assert.ts";
import { withClient } from "../../../supabase/local/postgres/connect.ts";
import { eventually, functionsFixture, PARTS, startTestStack } from "../support.ts";

const SOURCE = `
  export default {
    fetch: async (request) => {
      const names = ["SUPABASE_URL", "TELNYX_BASE_URL", "LIVEKIT_URL", "LIVEKIT_SIP_TRUNK_ID"];
      const given = Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
      const authorized = request.headers.get("authorization") ===
        "Bearer " + Deno.env.get("PHONE_POOL_SECRET");
      const key = JSON.parse(Deno.env.get("SUPABASE_SECRET_KEYS")).default;
      const rows = await fetch(Deno.env.get("SUPABASE_URL") + "/rest/v1/visits", {
        method: "POST", headers: { apikey: key, "content-type": "application/json" },
        body: JSON.stringify({ authorized }),
      });
      return Response.json({ given, status: rows.status });
    },
  };`;

const VISITS = `
  create table public.visits (authorized boolean);
  alter table public.visits enable row level security;
  grant select, insert on public.visits to service_role;`;

Deno.test("the whole stack answers from REST to function and back", async (test) => {
  await using fixture = await functionsFixture(
    { visit: SOURCE },
    "[functions.visit]\nverify_jwt = false\n",
  );
  await using stack = await startTestStack(PARTS, fixture);
  const { info } = stack;
  const client = createClient(info.api_url, info.secret_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });

  await test.step("the gateway serves a table that is created while it runs", async () => {
    await withClient(info.db_url, (database) => database.query(VISITS));
    await eventually("visits is served", async () => !(await client.from("visits").select()).error);
  });
  await test.step("a function has the environment of the platform and of this project", async () => {
    const { data } = await client.functions.invoke("visit");
    assertEquals(data, {
      given: {
        SUPABASE_URL: info.api_url,
        TELNYX_BASE_URL: `${info.telnyx_url}/v2`,
        LIVEKIT_URL: info.livekit_url,
        LIVEKIT_SIP_TRUNK_ID: "ST_simulator",
      },
      status: 201,
    });
  });
  await test.step("Postgres reaches it with what the Vault holds", async () => {
    await withClient(info.db_url, (database) =>
      database.query(`
        select net.http_post(
          url := (select decrypted_secret from vault.decrypted_secrets
                  where name = 'phone_pool_functions_url') || '/visit',
          headers := jsonb_build_object('Authorization', 'Bearer ' || (
            select decrypted_secret from vault.decrypted_secrets where name = 'phone_pool_secret'))
        )`));
    await eventually("the authorized visit is recorded", async () => {
      const { data } = await client.from("visits").select().eq("authorized", true);
      return data?.length === 1;
    });
  });
});
