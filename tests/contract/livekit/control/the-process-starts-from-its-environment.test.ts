import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { callee, clientsFor, trunkId } from "../support.ts";

const main = new URL("../../../../supabase/local/simulators/livekit/main.ts", import.meta.url);

const environment = {
  LIVEKIT_SIMULATOR_API_KEY: "key",
  LIVEKIT_SIMULATOR_API_SECRET: "secret-of-at-least-thirty-two-characters",
  LIVEKIT_SIMULATOR_TRUNK_ID: trunkId,
  LIVEKIT_SIMULATOR_TRUNK_NUMBERS: "+12125550190, +12125550191",
};

function command(env: Record<string, string>): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main.pathname],
    env,
    stdout: "piped",
    stderr: "piped",
  });
}

Deno.test("the process starts from its environment and says that it is a simulator", async () => {
  const process = command(environment).spawn();
  const said = new Response(process.stderr).text();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const { listening } = JSON.parse(value ?? "");
  const { LIVEKIT_SIMULATOR_API_KEY: key, LIVEKIT_SIMULATOR_API_SECRET: secret } = environment;
  const { sip } = clientsFor(listening, key, secret);
  await sip.createSipParticipant(trunkId, callee, "call-1");
  const [call] = await (await fetch(`${listening}/calls`)).json();
  assertEquals(call.from, "+12125550190");
  process.kill("SIGTERM");
  assert((await process.status).success);
  await reader.cancel();
  assertStringIncludes(await said, "LiveKit simulator");
});

Deno.test("the process refuses to start without a secret", async () => {
  const { success, stderr } = await command({ ...environment, LIVEKIT_SIMULATOR_API_SECRET: "" })
    .output();
  assertEquals(success, false);
  assertStringIncludes(new TextDecoder().decode(stderr), "LIVEKIT_SIMULATOR_API_SECRET");
});
