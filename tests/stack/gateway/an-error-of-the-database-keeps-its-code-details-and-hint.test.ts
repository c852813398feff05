import { createClient } from "@supabase/supabase-js";
import { assertEquals } from "../../support/assert.ts";
import { startTestGateway } from "./support.ts";

const SQL = `
  create function public.refuse() returns void language plpgsql
  as $$ begin
    raise exception 'no number' using errcode = 'PP001', detail = 'why', hint = 'what to do';
  end $$;
  create function public.plain() returns void language plpgsql
  as $$ begin raise exception 'simply no'; end $$;
  create function public.with_id(p_id uuid) returns void language sql as 'select null';
`;

const CASES = [
  { name: "refuse", status: 400, code: "PP001", message: "no number" },
  { name: "plain", status: 400, code: "P0001", message: "simply no" },
  {
    name: "with_id",
    parameters: { p_id: "x" },
    status: 400,
    code: "22P02",
    message: 'invalid input syntax for type uuid: "x"',
  },
];

Deno.test("an error of the database keeps its code, details and hint", async (test) => {
  await using gateway = await startTestGateway(SQL);
  const client = createClient(gateway.url, gateway.keys.secret, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  for (const { name, parameters, status, code, message } of CASES) {
    await test.step(code, async () => {
      const result = await client.rpc(name, parameters);
      assertEquals([result.status, result.error?.code, result.error?.message], [
        status,
        code,
        message,
      ]);
    });
  }
  await test.step("detail and hint", async () => {
    const { error } = await client.rpc("refuse");
    assertEquals([error?.details, error?.hint], ["why", "what to do"]);
  });
  await test.step("a function that is not there", async () => {
    const { error, status } = await client.rpc("missing");
    assertEquals([status, error?.code], [404, "PGRST202"]);
  });
});
