import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { isAlive } from "../../../supabase/local/stack/process.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { eventually, runCommand } from "../support.ts";
import { lockHolder } from "../../../supabase/local/stack/lock.ts";

Deno.test("npm stop -- --help stops nothing, npm stop names what it stops", async () => {
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-command-" });
  const lock = `file://${inRoot("supabase", "local", "stack", "lock.ts")}`;
  const holder = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const { acquireLock } = await import(${JSON.stringify(lock)});
       // Looking who holds it takes it for a moment.
       while (!await acquireLock(${JSON.stringify(directory)}));
       setInterval(() => {}, 1000);`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await eventually("the lock is held", async () => await lockHolder(directory) === holder.pid);
    for (const args of [["--help"], ["--nope"], ["now"]]) {
      await runCommand("stop", directory, args);
      assert(isAlive(holder.pid), `${args} stopped it`);
    }
    const { code, output } = await runCommand("stop", directory);
    assertEquals(code, 0, output);
    assertStringIncludes(output, `process ${holder.pid}`);
  } finally {
    if (isAlive(holder.pid)) holder.kill("SIGKILL");
    await holder.status;
    await Deno.remove(directory, { recursive: true });
  }
});
