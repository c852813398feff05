import { createClient } from "@supabase/supabase-js";
import { z } from "zod";
import { createPhonePool } from "phone-pool";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";

const ORGANIZATION = "00000000-0000-4000-8000-000000000001";
const TOPIC = `realtime:phone-pool:${ORGANIZATION}`;

// Phoenix: [join_ref, ref, topic, event, payload].
const message = z.tuple([
  z.string().nullable(),
  z.string().nullable(),
  z.string(),
  z.string(),
  z.unknown(),
]);

/** As much of Realtime and of the Data API as the example needs; `refuses` those who join. */
function startPlatform(hasNumber: () => boolean, refuses = false) {
  const joined = Promise.withResolvers<{ broadcast(): void; isPrivate: boolean }>();
  let looked = Promise.withResolvers<void>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    if (request.headers.get("upgrade") !== "websocket") {
      looked.resolve();
      return Response.json(hasNumber() ? [{ phone_number: "+12125550100" }] : []);
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      const [joinRef, ref, topic, event, payload] = message.parse(JSON.parse(String(data)));
      const answer = refuses && event === "phx_join"
        ? { status: "error", response: { reason: "Unauthorized" } }
        : { status: "ok", response: { postgres_changes: [] } };
      socket.send(JSON.stringify([joinRef, ref, topic, "phx_reply", answer]));
      if (event !== "phx_join" || topic !== TOPIC) return;
      joined.resolve({
        isPrivate: z.object({ config: z.object({ private: z.boolean() }) }).parse(payload).config
          .private,
        broadcast: () =>
          socket.send(JSON.stringify([null, null, TOPIC, "broadcast", {
            type: "broadcast",
            event: "phone_number_assigned",
            payload: { organization_id: ORGANIZATION },
          }])),
      });
    };
    return response;
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    joined: joined.promise,
    nextLook: () => looked.promise.then(() => void (looked = Promise.withResolvers())),
    stop: () => server.shutdown(),
  };
}

// supabase-js keeps timers of its own for a while after its last channel is gone.
const options = { sanitizeOps: false, sanitizeResources: false };

const clientOf = (url: string) =>
  createClient(url, "sb_publishable_test", {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { vsn: "2.0.0" },
  });

Deno.test("told by a broadcast, it looks and ends with the number", options, async () => {
  let hasNumber = false;
  const platform = startPlatform(() => hasNumber);
  const client = clientOf(platform.url);
  const wait = createPhonePool(client).waitForNumber(ORGANIZATION);
  try {
    const { broadcast, isPrivate } = await platform.joined;
    assertEquals(isPrivate, true);
    await platform.nextLook();
    hasNumber = true;
    broadcast();
    broadcast();
    assertEquals(await wait, { data: "+12125550100", error: null });
    assertEquals(client.getChannels(), [], "it listens no longer");
  } finally {
    client.realtime.disconnect();
    await platform.stop();
  }
});

Deno.test("a channel that is refused is told of, and the row is looked up", options, async () => {
  const platform = startPlatform(() => true, true);
  const client = clientOf(platform.url);
  const told = Promise.withResolvers<string>();
  const wait = createPhonePool(client).waitForNumber(ORGANIZATION, { onProblem: told.resolve });
  try {
    assertStringIncludes(await told.promise, "Unauthorized");
    assertEquals((await wait).data, "+12125550100");
  } finally {
    client.realtime.disconnect();
    await platform.stop();
  }
});

Deno.test("a look that fails is told of, and a signal ends the wait", options, async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) =>
      request.headers.get("upgrade") === "websocket"
        ? new Response("no Realtime", { status: 404 })
        : Response.json({ code: "42501", message: "permission denied" }, { status: 403 }),
  );
  const client = clientOf(`http://127.0.0.1:${server.addr.port}`);
  const refused = Promise.withResolvers<void>();
  const stop = new AbortController();
  const wait = createPhonePool(client).waitForNumber(ORGANIZATION, {
    signal: stop.signal,
    onProblem: (problem) => problem.includes("42501") && refused.resolve(),
  });
  try {
    await refused.promise;
    stop.abort();
    assertEquals((await wait).error?.code, "aborted");
    assertEquals(client.getChannels(), []);
  } finally {
    client.realtime.disconnect();
    await server.shutdown();
  }
});
