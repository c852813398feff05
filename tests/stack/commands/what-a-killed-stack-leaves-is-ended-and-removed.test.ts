import { isAlive } from "../../../supabase/local/stack/process.ts";
import { readStackFile } from "../../../supabase/local/stack/stack-file.ts";
import { assertEquals, assertExists, assertStringIncludes } from "../../support/assert.ts";
import { eventually, runCommand } from "../support.ts";

Deno.test("what a killed stack leaves is ended and removed", async () => {
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-command-" });
  try {
    await runCommand("start", directory, ["--detach"]);
    const stack = await readStackFile(directory);
    assertExists(stack);
    const parts = Object.values(stack.parts);
    assertEquals(parts.filter(isAlive), parts);

    Deno.kill(stack.pid, "SIGKILL");
    await eventually("no part lives on", () => parts.filter(isAlive).length === 0);

    const stopped = await runCommand("stop", directory);
    assertStringIncludes(stopped.output, "Removed what a killed stack had left behind");
    assertEquals(await readStackFile(directory), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
