import { freePort } from "../../../supabase/local/stack/free-port.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { createSigningKey } from "../../../supabase/local/simulators/telnyx/signing.ts";
import { localFunctions } from "../../../supabase/deploy/steps/functions.ts";
import { eventually } from "../../stack/support.ts";
import { assertEquals } from "../../support/assert.ts";

const SECRET = "what-postgres-sends-now-0123";
const PREVIOUS = "what-postgres-sent-before-01";
const NUDGED = ["replenish-pool", "release-numbers", "reconcile-carrier", "intake-calls/sweep"];

const CALL = "call-0b5e2d0e-1111-4222-8333-444455556666";
const LIVEKIT_EVENT = {
  event: "participant_left",
  id: "EV_forged",
  createdAt: "1790000000",
  room: { name: CALL },
  participant: { identity: CALL.replace("call", "callee"), disconnectReason: "CLIENT_INITIATED" },
};
const TELNYX_EVENT = { data: { id: "1", event_type: "number_order.complete", payload: {} } };

/** What each function that is not for everybody would do, were the sender believed. */
const UNSIGNED: [path: string, body: unknown][] = [
  ...NUDGED.map((path): [string, unknown] => [path, {}]),
  ["intake-calls", {}],
  ["intake-calls/one/answered", {}],
  ["intake-calls/one/opt-out", { phone_number: "+12125550123" }],
  ["livekit-webhook", LIVEKIT_EVENT],
  ["telnyx-webhook", TELNYX_EVENT],
];

/** The database, asked over the Data API: which functions of it were called, and for whom. */
function startProject() {
  const called: string[] = [];
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(options, async (request) => {
    const { p_step, p_arguments } = await request.json();
    called.push(`${p_step} ${p_arguments?.p_provider ?? ""}`.trim());
    return Response.json(null);
  });
  return { called, url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}

/** Each function as the platform runs it: its own index.ts in a process of its own. */
async function startFunctions(projectUrl: string) {
  const variables = {
    SUPABASE_URL: projectUrl,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: "sb_secret_of_the_project" }),
    PHONE_POOL_SECRET: SECRET,
    PHONE_POOL_SECRET_PREVIOUS: PREVIOUS,
    TELNYX_API_KEY: "KEY_test",
    TELNYX_CONNECTION_ID: "1",
    TELNYX_BASE_URL: "http://127.0.0.1:9",
    TELNYX_PUBLIC_KEY: createSigningKey().publicKey,
    LIVEKIT_URL: "ws://127.0.0.1:9",
    LIVEKIT_API_KEY: "devkey",
    LIVEKIT_API_SECRET: "a-secret-of-livekit",
    LIVEKIT_SIP_TRUNK_ID: "ST_1",
  };
  const names = (await localFunctions()).map(({ name }) => name);
  const ports = new Map(names.map((name) => [name, freePort()]));
  const children = [...ports].map(([name, port]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", inRoot("functions", name, "index.ts")],
      env: { ...variables, DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` },
      stdout: "null",
      stderr: "null",
    }).spawn()
  );
  const fetchFunction = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${ports.get(path.split("/")[0] ?? "")}/${path}`, init);
  return {
    names,
    isUp: (name: string) =>
      fetchFunction(name).then((response) => response.body?.cancel().then(() => true), () => false),
    post: async (path: string, body: unknown, headers: Record<string, string> = {}) => {
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      const response = await fetchFunction(path, init);
      await response.body?.cancel();
      return response.status;
    },
    stop: async () => {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map(({ status }) => status));
    },
  };
}

Deno.test("each function, as it is deployed, turns away what is not signed", async (t) => {
  const project = startProject();
  const functions = await startFunctions(project.url);
  try {
    for (const name of functions.names) {
      await eventually(`${name} answers`, async () => await functions.isUp(name) === true);
    }
    project.called.length = 0;

    for (const [path, body] of UNSIGNED) {
      await t.step(`${path}: 401`, async () => {
        assertEquals(await functions.post(path, body), 401);
        const headers = { Authorization: "Bearer another-secret-of-somebody" };
        assertEquals(await functions.post(path, body, headers), 401);
      });
    }
    await t.step("the database hears only that webhooks were turned away, of both", async () => {
      const told = () => [...new Set(project.called)].sort();
      await eventually("it was told", () => Promise.resolve(told().length >= 2));
      assertEquals(told(), ["record_webhook_rejected livekit", "record_webhook_rejected telnyx"]);
    });
    for (const path of NUDGED) {
      await t.step(`${path}: 202 with the current secret, and with the previous one`, async () => {
        for (const secret of [SECRET, PREVIOUS]) {
          const headers = { Authorization: `Bearer ${secret}` };
          assertEquals(await functions.post(path, {}, headers), 202);
        }
      });
    }
  } finally {
    await functions.stop();
    await project.stop();
  }
});
