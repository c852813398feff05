import { createClient } from "@supabase/supabase-js";
import { browsersShape, readConfig } from "../../../functions/_shared/config.ts";
import { withCors } from "../../../functions/_shared/cors.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { callBody, clinicWith, userHeaders, withCalls } from "../../support/calls.ts";

const APP = "https://app.example.com";
const WANTED = "authorization, x-client-info, apikey, content-type";

const preflight = (origin: string) =>
  new Request("http://localhost/intake-calls", {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": WANTED,
    },
  });

Deno.test("a browser may call from the origins that are named, and from no other", () =>
  withCalls(async ({ db, handler }) => {
    const clinic = await clinicWith(db, "+19712656795");
    const closed = withCors(handler, []);
    const open = withCors(handler, [APP, "http://localhost:3000"]);
    const allowed = ({ headers }: Response) => headers.get("Access-Control-Allow-Origin");

    const asked = await open(preflight(APP));
    assertEquals([asked.status, allowed(asked), asked.headers.get("Vary")], [204, APP, "Origin"]);
    const named = asked.headers.get("Access-Control-Allow-Headers")?.split(", ") ?? [];
    assertEquals(WANTED.split(", ").filter((name) => !named.includes(name)), []);
    assertEquals(asked.headers.get("Access-Control-Allow-Methods"), "GET, POST");

    for (const [who, origin] of [[closed, APP], [open, "https://evil.example"], [open, "null"]]) {
      if (typeof who !== "function" || typeof origin !== "string") continue;
      const refused = await who(preflight(origin));
      assertEquals([refused.status, allowed(refused)], [405, null]);
    }
    // Every answer can be read: an error's detail as well.
    const post = async (headers: Record<string, string>) =>
      await open(
        new Request("http://localhost/intake-calls", {
          method: "POST",
          headers: { Origin: APP, ...headers },
          body: JSON.stringify(callBody(clinic)),
        }),
      );
    const placed = await post(await userHeaders(clinic));
    assertEquals([placed.status, allowed(placed)], [202, APP]);
    const refused = await post({});
    assertEquals([refused.status, allowed(refused)], [401, APP]);
    assertEquals(refused.headers.get("Access-Control-Expose-Headers"), "Retry-After");
  }));

Deno.test("supabase.functions.invoke reaches it with a user's token", () =>
  withCalls(async ({ db, handler }) => {
    const clinic = await clinicWith(db, "+19712656795");
    const { Authorization = "" } = await userHeaders(clinic);
    const open = withCors(handler, [APP]);
    const client = createClient("http://localhost", "sb_publishable_x", {
      accessToken: () => Promise.resolve(Authorization.replace("Bearer ", "")),
      global: {
        // As a browser does: it asks first for every header that is not simple.
        fetch: async (input, init) => {
          const request = new Request(input, init);
          const headers = [...request.headers.keys()].filter((name) => name !== "accept");
          const asked = await open(preflight(APP));
          const named = asked.headers.get("Access-Control-Allow-Headers")?.split(", ") ?? [];
          assertEquals(headers.filter((name) => !named.includes(name)), []);
          request.headers.set("Origin", APP);
          return await open(request);
        },
      },
    });
    const { data, error } = await client.functions.invoke("intake-calls", {
      body: callBody(clinic),
    });
    assertEquals([error, data.status, data.caller_id], [null, "queued", "+19712656795"]);
  }));

Deno.test("the variable holds origins, none by default", () => {
  const read = (value?: string) =>
    readConfig(browsersShape, { ALLOWED_ORIGINS: value }).ALLOWED_ORIGINS;
  assertEquals(read(), undefined);
  assertEquals(read(`${APP}, http://localhost:3000`), [APP, "http://localhost:3000"]);
  for (
    const wrong of ["*", "app.example.com", `${APP}/`, `${APP}/x`, "ftp://x", `${APP},`, "null"]
  ) {
    assertThrows(() => read(wrong), Error, "ALLOWED_ORIGINS");
  }
});
