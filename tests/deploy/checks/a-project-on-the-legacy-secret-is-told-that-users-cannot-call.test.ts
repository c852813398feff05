import { readSigningKeys } from "../../../supabase/deploy/checks/users.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";

const KEYS = "/auth/v1/.well-known/jwks.json";

async function found(answer: () => Response) {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) =>
      new URL(request.url).pathname === KEYS ? answer() : new Response(null, { status: 404 }),
  );
  return await readSigningKeys(`http://127.0.0.1:${server.addr.port}/functions/v1`);
}

Deno.test("signing keys: well; none, as with HS256: users cannot call; no answer: said", async () => {
  const keys = await found(() => Response.json({ keys: [{ kty: "EC", kid: "1" }] }));
  assertEquals([keys.result, keys.detail], ["ok", "signing keys: 1"]);

  const legacy = await found(() => Response.json({ keys: [] }));
  assertEquals(legacy.result, "warn");
  assertStringIncludes(legacy.detail, "HS256");
  assertStringIncludes(legacy.detail, "signed-in users cannot call");
  assertStringIncludes(legacy.help ?? "", "supabase/README.md#signed-in-users");

  for (const answer of [() => new Response("no", { status: 500 }), () => new Response("no JSON")]) {
    const unknown = await found(answer);
    assertEquals(unknown.result, "warn");
    assertStringIncludes(unknown.detail, "cannot be read");
  }
});
