import { createHmac } from "node:crypto";
import { createIntakeApi, readCallEvent } from "../../supabase/examples/intake-api.ts";
import { openClinic } from "../../supabase/examples/clinic.ts";
import { startStack } from "../../supabase/local/stack/stack.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { callBody, clinicWith, SECRET_KEY, withCalls } from "../support/calls.ts";
import { registerOne } from "../support/pool.ts";
import { pythonWith } from "../support/python.ts";
import { serve } from "./support/serve.ts";

const WEBHOOK_SECRET = `whsec_${btoa("a secret of thirty-two bytes, yes")}`;

/** An event as phone-pool posts it. */
function event(data: Record<string, string>, secret = WEBHOOK_SECRET, at = Date.now()) {
  const body = JSON.stringify({ type: "intake_call.ended", timestamp: new Date(at), data });
  const [id, timestamp] = ["call_notice_1", String(Math.floor(at / 1000))];
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`);
  const headers = {
    "Content-Type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature.digest("base64")}`,
  };
  return { method: "POST", headers, body };
}

Deno.test("intake-api.ts: the backend's client calls", () =>
  withCalls(async ({ db, handler }) => {
    const clinic = await clinicWith(db, "+19712656795");
    await using platform = serve(handler);
    const api = createIntakeApi(platform.url, SECRET_KEY);
    assertEquals((await api.callPatient(callBody(clinic))).data?.caller_id, "+19712656795");
  }));

Deno.test("clinic.ts: registered, shown and called for, on the local stack", async () => {
  await using stack = await startStack({ ephemeral: true, report: () => {} });
  const { api_url, secret_key, livekit_url } = stack.info;
  // The pool is empty: the number is bought while it waits.
  const opened = await openClinic(api_url, secret_key, "Dental", "+12125550123");
  assertMatch(opened.number ?? "", /^\+1\d{10}$/);
  assertEquals(opened.callerId, opened.number);
  const calls = await (await fetch(`${livekit_url}/calls`)).json();
  assertEquals(calls.map(({ from }: { from: string }) => from), [opened.number]);
});

Deno.test("intake-api.ts: an event is believed when it is signed, and not late", async () => {
  const data = { call_id: "1", intake_id: "intake-1", organization_id: "2" };
  const read = (init: RequestInit, secret = WEBHOOK_SECRET) =>
    readCallEvent(new Request("http://localhost/call-events", init), secret);
  assertEquals(await read(event(data)), { type: "intake_call.ended", ...data });
  assertEquals(await read(event(data, `whsec_${btoa("another")}`)), undefined);
  assertEquals(await read(event(data, undefined, Date.now() - 400_000)), undefined);
  const { body, ...rest } = event(data);
  assertEquals(await read({ ...rest, body: body.replace("intake-1", "intake-2") }), undefined);
  assertEquals(await read({ method: "POST", body }), undefined);
});

const python = await pythonWith("fastapi", "httpx", "uvicorn");

Deno.test({
  name: "intake_api.py",
  ignore: python === undefined,
  fn: () =>
    withCalls(async ({ db, handler, post }) => {
      const clinic = await clinicWith(db, "+19712656795");
      await using platform = serve(handler);
      await using api = await startPython(python ?? "", platform.url);
      const ask = async (path: string, body?: unknown) => {
        const response = await fetch(api.url + path, {
          method: body ? "POST" : "GET",
          headers: { "Content-Type": "application/json" },
          body: body ? JSON.stringify(body) : undefined,
        });
        return { status: response.status, body: await response.json() };
      };
      const placed = await ask("/intake-calls", callBody(clinic, { intake_id: "intake-1" }));
      assertEquals([placed.status, placed.body.status, placed.body.caller_id], [
        202,
        "queued",
        "+19712656795",
      ]);
      const organization = `organization_id=${clinic}`;
      await post({ outcome: "busy", organization_id: clinic }, undefined, "/intake-1/ended");
      const read = await ask(`/intake-calls/intake-1?${organization}`);
      assertEquals([read.status, read.body.outcome], [200, "busy"]);

      const waits = await ask("/intake-calls", callBody(await registerOne(db)));
      assertEquals([waits.status, waits.body.detail], [
        400,
        "Organization does not have a phone number assigned",
      ]);
      const data = {
        call_id: placed.body.room_name,
        intake_id: "intake-1",
        organization_id: clinic,
      };
      const heard = async (init: RequestInit) => {
        const response = await fetch(`${api.url}/call-events`, init);
        await response.body?.cancel();
        return response.status;
      };
      assertEquals(await heard(event(data)), 204);
      assertEquals(await heard(event(data, `whsec_${btoa("another")}`)), 401);
      assertEquals(await heard(event({ ...data, intake_id: "unknown" })), 404);
    }, { answerMs: 60_000 }),
});

/** uvicorn on a port of its own choice, which it tells. */
async function startPython(
  python: string,
  url: string,
): Promise<{ url: string } & AsyncDisposable> {
  const process = new Deno.Command(python, {
    args: [
      "-m",
      "uvicorn",
      "intake_api:app",
      "--port",
      "0",
      "--app-dir",
      inRoot("supabase", "examples"),
    ],
    env: {
      SUPABASE_URL: url,
      SUPABASE_SECRET_KEY: SECRET_KEY,
      CALL_WEBHOOK_SECRET: WEBHOOK_SECRET,
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines = process.stderr.pipeThrough(new TextDecoderStream());
  const told = Promise.withResolvers<string>();
  const reading = (async () => {
    let text = "";
    for await (const part of lines) {
      text += part;
      const address = text.match(/running on (http:\/\/[\d.:]+)/)?.[1];
      if (address) told.resolve(address);
    }
    told.reject(new Error(text));
  })();
  return {
    url: await told.promise,
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
      await reading;
    },
  };
}
