import { readFile } from "node:fs/promises";
import { isAlive, launch } from "../../../supabase/local/stack/process.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { eventually } from "../support.ts";

/** Ignores what asks it to end, and says when it does. */
const STUBBORN = "trap '' INT TERM; echo ready; while true; do sleep 0.1; done";

Deno.test("a part that will not end when it is asked to is killed", async (test) => {
  const folder = await Deno.makeTempDir();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await test.step(signal, async () => {
      const logFile = `${folder}/${signal}.log`;
      const part = launch({ command: "sh", args: ["-c", STUBBORN], logFile });
      try {
        await eventually(
          "it ignores signals",
          async () => (await readFile(logFile, "utf8")).includes("ready"),
        );
        const stopped = part.stop(signal, 1);
        await eventually("it is gone", () => !part.isRunning());
        await stopped;
        assertEquals((await part.exited).signal, "SIGKILL");
        assert(!isAlive(part.pid));
      } finally {
        if (part.isRunning()) Deno.kill(part.pid, "SIGKILL");
      }
    });
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a part that is gone is asked and killed without an error", async () => {
  const folder = await Deno.makeTempDir();
  const part = launch({ command: "true", args: [], logFile: `${folder}/log` });
  await part.exited;
  part.kill("SIGKILL");
  await part.stop();
  const absent = launch({ command: `${folder}/absent`, args: [], logFile: `${folder}/log` });
  assertEquals((await absent.exited).code, 127);
  await absent.stop();
  await Deno.remove(folder, { recursive: true });
});
