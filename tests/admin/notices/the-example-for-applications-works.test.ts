import { createClient } from "@supabase/supabase-js";
import { z } from "zod";
import { whenNumberIsAssigned } from "../../../supabase/examples/when-a-number-is-assigned.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";

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

Deno.test("told by a broadcast, it looks and calls back once", options, async () => {
  let hasNumber = false;
  const platform = startPlatform(() => hasNumber);
  const client = createClient(platform.url, "sb_publishable_test", {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { vsn: "2.0.0" },
  });
  const numbers: string[] = [];
  const called = Promise.withResolvers<void>();
  const channel = whenNumberIsAssigned(client, ORGANIZATION, (number) => {
    numbers.push(number);
    called.resolve();
  });
  try {
    const { broadcast, isPrivate } = await platform.joined;
    assertEquals(isPrivate, true);
    await platform.nextLook();
    assertEquals(numbers, []);
    hasNumber = true;
    broadcast();
    broadcast();
    await called.promise;
    assertEquals(numbers, ["+12125550100"]);
  } finally {
    await client.removeChannel(channel);
    client.realtime.disconnect();
    await platform.stop();
  }
});

Deno.test(
  "a channel that is refused is told of, and the row is looked up all the same",
  options,
  async () => {
    const platform = startPlatform(() => true, true);
    const client = createClient(platform.url, "sb_publishable_test", {
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { vsn: "2.0.0" },
    });
    const called = Promise.withResolvers<string>();
    const told = Promise.withResolvers<Error>();
    const channel = whenNumberIsAssigned(client, ORGANIZATION, called.resolve, told.resolve);
    try {
      assertStringIncludes(String(await told.promise), "Unauthorized");
      assertEquals(await called.promise, "+12125550100");
    } finally {
      await client.removeChannel(channel);
      client.realtime.disconnect();
      await platform.stop();
    }
  },
);

Deno.test("a look that fails is told of", options, async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) =>
      request.headers.get("upgrade") === "websocket"
        ? new Response("no Realtime", { status: 404 })
        : Response.json({ code: "42501", message: "permission denied" }, { status: 403 }),
  );
  const client = createClient(`http://127.0.0.1:${server.addr.port}`, "sb_publishable_test", {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const problems: string[] = [];
  const both = Promise.withResolvers<void>();
  const channel = whenNumberIsAssigned(client, ORGANIZATION, () => {}, ({ message }) => {
    problems.push(message);
    if (problems.some((problem) => problem.includes("42501")) && problems.length > 1) {
      both.resolve();
    }
  });
  try {
    await both.promise;
  } finally {
    await client.removeChannel(channel);
    client.realtime.disconnect();
    await server.shutdown();
  }
});
