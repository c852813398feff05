import { assertEquals } from "../../support/assert.ts";
import { freePort } from "../../../supabase/local/stack/free-port.ts";
import { startTestGateway } from "./support.ts";

// Long enough that a server packs it for a client that can unpack.
const TEXT = "text ".repeat(1000);
const USER = "11111111-1111-4111-8111-111111111111";

Deno.test("a request is passed on to its function", async (test) => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) =>
      Response.json({
        method: request.method,
        path: new URL(request.url).pathname + new URL(request.url).search,
        body: await request.text(),
        authorization: request.headers.get("authorization"),
      }, { status: 202, headers: { "x-answered-by": "function" } }),
  );
  const { port } = server.addr;
  await using gateway = await startTestGateway("select 1", {
    open: { port, verifyJwt: false },
    guarded: { port, verifyJwt: true },
    down: { port: freePort(), verifyJwt: false },
  });
  const call = (path: string, init?: RequestInit) =>
    fetch(`${gateway.url}/functions/v1/${path}`, init);
  const status = async (path: string, headers: Record<string, string> = {}, method = "POST") => {
    const response = await call(path, { method, headers });
    await response.body?.cancel();
    return response.status;
  };

  await test.step("with its method, path, query, body and headers, and back", async () => {
    const response = await call("open/a/b?c=d", {
      method: "PUT",
      body: TEXT,
      headers: { authorization: "Bearer shared" },
    });
    assertEquals([response.status, response.headers.get("x-answered-by")], [202, "function"]);
    assertEquals(await response.json(), {
      method: "PUT",
      path: "/open/a/b?c=d",
      body: TEXT,
      authorization: "Bearer shared",
    });
  });
  await test.step("verify_jwt lets only signed tokens through, and preflight requests", async () => {
    const token = await gateway.userToken(USER);
    assertEquals(await status("guarded"), 401);
    assertEquals(await status("guarded", { authorization: `Bearer ${gateway.keys.secret}` }), 401);
    assertEquals(await status("guarded", { authorization: `Bearer ${token}x` }), 401);
    assertEquals(await status("guarded", { authorization: `Bearer ${token}` }), 202);
    assertEquals(await status("guarded", {}, "OPTIONS"), 202);
  });
  await test.step("unknown is 404, not running is 503", async () => {
    assertEquals(await status("unknown"), 404);
    assertEquals(await status("toString"), 404);
    assertEquals(await status("down"), 503);
  });
  await test.step("the keys that verify users' tokens are public", async () => {
    const response = await fetch(`${gateway.url}/auth/v1/.well-known/jwks.json`);
    assertEquals(await response.json(), { keys: gateway.keys.jwks.keys });
  });
});
