import { existsSync } from "node:fs";
import { isAlive } from "../../../supabase/local/stack/process.ts";
import { readStackFile } from "../../../supabase/local/stack/stack-file.ts";
import { assert, assertEquals, assertExists } from "../../support/assert.ts";
import { command, eventually } from "../support.ts";

Deno.test("Ctrl-C ends the stack in good order", async () => {
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-command-" });
  const child = command("start", directory).spawn();
  const output = child.output();
  try {
    await eventually("stack.json is there", () => existsSync(`${directory}/stack.json`));
    const stack = await readStackFile(directory);
    assertExists(stack);

    child.kill("SIGINT");
    const { code } = await output;
    assertEquals(code, 0);
    assertEquals(Object.values(stack.parts).filter(isAlive), []);
    assert(!existsSync(`${directory}/stack.json`));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
