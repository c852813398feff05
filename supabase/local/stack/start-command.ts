import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dialogue } from "../../command-line/dialogue.ts";
import { banner } from "./banner.ts";
import { inRoot } from "./paths.ts";
import { pause } from "./pause.ts";
import { stackDirectory } from "./plan.ts";
import { launch } from "./process.ts";
import { consents, describeServices, unusedVariables } from "./real-services.ts";
import { readSettings, type RealServices, type Settings } from "./settings.ts";
import { readStackFile } from "./stack-file.ts";
import { AlreadyRunning, startStack } from "./stack.ts";

export interface StartOptions {
  real: RealServices;
  /** The variables of the shell and of --env-file; nothing else of the shell is read. */
  variables: Record<string, string>;
  dialogue: Dialogue;
}

/**
 * `npm start`: says what is real, asks, and keeps the stack up until a signal. Returns the exit code.
 */
export async function runInForeground(options: StartOptions): Promise<number> {
  const settings = await prepare(options);
  if (!settings) return 1;
  const asked = nextSignal();
  const started = performance.now();
  const starting = startStack({
    settings,
    report: (message) => console.error(message),
    progress: (line) => console.error(line),
  });
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

/** The settings, when the services that they name are wanted; undefined: they are not. */
async function prepare(
  { real, variables, dialogue }: StartOptions,
): Promise<Settings | undefined> {
  const settings = readSettings(variables, real);
  dialogue.say(describeServices(settings, real));
  unusedVariables(variables, real).forEach((line) => dialogue.say(line));
  if (await consents(dialogue, real)) return settings;
  dialogue.say("Not started.");
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => resolve(signal));
    }
  });
}

/**
 * `npm start -- --detach`: asks here, and returns when the stack is up and runs on by itself.
 * @param args what the process that runs on is started with, beside --yes
 */
export async function runDetached(options: StartOptions, args: string[]): Promise<number> {
  const said: string[] = [];
  const say = (text: string) => {
    said.push(...text.split("\n"));
    options.dialogue.say(text);
  };
  const settings = await prepare({ ...options, dialogue: { ...options.dialogue, say } });
  if (!settings) return 1;
  const directory = stackDirectory(settings);
  const logFile = join(directory, "logs", "stack.log");
  const alreadyWritten = existsSync(logFile) ? (await readFile(logFile, "utf8")).length : 0;
  const process = launch({
    command: Deno.execPath(),
    args: ["run", "-A", inRoot("supabase", "local", "start.ts"), ...args, "--yes"],
    logFile,
    env: options.variables,
  });
  while (process.isRunning() && (await readStackFile(directory))?.pid !== process.pid) {
    await pause(50);
  }
  // The banner follows the file by a moment.
  await pause(100);
  const written = (await readFile(logFile, "utf8")).slice(alreadyWritten).trimEnd().split("\n");
  console.log(written.filter((line) => line === "" || !said.includes(line)).join("\n"));
  return process.isRunning() ? 0 : 1;
}
