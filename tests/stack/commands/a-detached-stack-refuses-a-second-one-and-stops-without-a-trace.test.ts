import { existsSync } from "node:fs";
import { isFree } from "../../../supabase/local/stack/free-port.ts";
import { isAlive } from "../../../supabase/local/stack/process.ts";
import { readStackFile } from "../../../supabase/local/stack/stack-file.ts";
import { assert, assertEquals, assertExists, assertStringIncludes } from "../../support/assert.ts";
import { startRecorder } from "../../support/real-services.ts";
import { runCommand } from "../support.ts";

Deno.test("a detached stack refuses a second one and stops without a trace", async () => {
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-command-" });
  try {
    // Whatever the shell has: without an option nothing real is used.
    await using recorder = startRecorder();
    const started = await runCommand("start", directory, ["--detach"], recorder.variables);
    assertEquals(started.code, 0, started.output);
    assertEquals(started.output.match(/^Real: .*$/gm), [
      "Real: nothing. Simulated or local: Telnyx, LiveKit, database.",
    ]);
    assertStringIncludes(started.output, "Set but not used without --telnyx: TELNYX_API_KEY");
    assertStringIncludes(started.output, "phone-pool is up");
    assertStringIncludes(started.output, "SIMULATOR");

    const stack = await readStackFile(directory);
    assertExists(stack);
    assertEquals((await Deno.stat(`${directory}/stack.json`)).mode! & 0o777, 0o600);
    const ports = [stack.api_url, stack.db_url, stack.telnyx_url, stack.livekit_url]
      .map((url) => Number(new URL(url).port));
    assertEquals(ports.map(isFree), [false, false, false, false]);
    assertEquals(recorder.connections(), 0);

    const second = await runCommand("start", directory);
    assertEquals(second.code, 1);
    assertStringIncludes(second.output, "already running");
    assertStringIncludes(second.output, stack.api_url);

    const stopped = await runCommand("stop", directory);
    assertEquals(stopped.code, 0, stopped.output);
    assertEquals(ports.map(isFree), [true, true, true, true]);
    assertEquals([stack.pid, ...Object.values(stack.parts)].filter(isAlive), []);
    assert(!existsSync(`${directory}/stack.json`));
    const left = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    assertEquals(left, ["logs", "stack.lock", "supabase-cli"]);

    const again = await runCommand("stop", directory);
    assertEquals(again.code, 0);
    assertStringIncludes(again.output, "No stack is running");
  } finally {
    await runCommand("stop", directory);
    await Deno.remove(directory, { recursive: true });
  }
});
