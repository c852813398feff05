import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { banner } from "./banner.ts";
import { inRoot } from "./paths.ts";
import { pause } from "./pause.ts";
import { stackDirectory } from "./plan.ts";
import { launch } from "./process.ts";
import { readSettings } from "./settings.ts";
import { readStackFile } from "./stack-file.ts";
import { AlreadyRunning, startStack } from "./stack.ts";

/** `npm start`: keeps the stack up until a signal. Returns the exit code. */
export async function runInForeground(): Promise<number> {
  const asked = nextSignal();
  const started = performance.now();
  const settings = readSettings();
  const starting = startStack({ settings, report: (message) => console.error(message) });
  const stack = await starting.catch((error: Error) => error);
  if (stack instanceof Error) {
    console.error(stack.message);
    if (!(stack instanceof AlreadyRunning)) console.error("The stack is not up.");
    return 1;
  }
  console.log(
    banner(stack.info, settings, stackDirectory(settings), (performance.now() - started) / 1000),
  );
  console.log(Deno.stdout.isTerminal() ? "Ctrl-C or npm stop ends it." : "npm stop ends it.");
  const reason = await Promise.race([asked, stack.failed]);
  if (reason instanceof Error) console.error(`${reason.message}\nThe stack stops.`);
  await stack.stop();
  console.log("Stopped.");
  return reason instanceof Error ? 1 : 0;
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => resolve(signal));
    }
  });
}

/** `npm start -- --detach`: returns when the stack is up and runs on by itself. */
export async function runDetached(): Promise<number> {
  const directory = stackDirectory(readSettings());
  const logFile = join(directory, "logs", "stack.log");
  const alreadyWritten = existsSync(logFile) ? (await readFile(logFile, "utf8")).length : 0;
  const process = launch({
    command: Deno.execPath(),
    args: ["run", "-A", inRoot("supabase", "local", "start.ts")],
    logFile,
    env: Deno.env.toObject(),
  });
  while (process.isRunning() && (await readStackFile(directory))?.pid !== process.pid) {
    await pause(50);
  }
  // The banner follows the file by a moment.
  await pause(100);
  console.log((await readFile(logFile, "utf8")).slice(alreadyWritten).trimEnd());
  return process.isRunning() ? 0 : 1;
}
