import { assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { lineStream } from "../support/line-stream.ts";

const program = new URL("../../../../supabase/local/simulators/telnyx/main.ts", import.meta.url);

Deno.test("the process prints where it listens, says that it simulates, and ends on SIGTERM", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program.pathname],
    env: { TELNYX_SIMULATOR_PORT: "0", TELNYX_SIMULATOR_API_KEY: "KEY_of_the_process" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(lineStream());
  const reader = lines.getReader();
  const { value = "" } = await reader.read();
  const { listening } = JSON.parse(value);
  const response = await fetch(`${listening}/v2/balance`, {
    headers: { authorization: "Bearer KEY_of_the_process" },
  });
  assertEquals((await response.json()).data.record_type, "balance");
  const logged = JSON.parse((await reader.read()).value ?? "");
  assertEquals([logged.operation, logged.answer], ["balance.retrieve", 200]);
  await reader.cancel();
  child.kill("SIGTERM");
  assertStringIncludes(await new Response(child.stderr).text(), "SIMULATOR");
  assertEquals((await child.status).code, 0);
});
