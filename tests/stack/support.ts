import { join } from "node:path";
import { type Stack, type StackOptions, startStack } from "../../supabase/local/stack/stack.ts";
import {
  NOTHING_REAL,
  readSettings,
  type RealServices,
  type Settings,
} from "../../supabase/local/stack/settings.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";

/** Every part that is there without any function. */
export const PARTS = [
  "gateway",
  "livekit-simulator",
  "pg-cron-worker",
  "pg-net-worker",
  "postgres",
  "telnyx-simulator",
];

/** The settings of a machine where nothing is set, whatever the shell of the test run has. */
export function plainSettings(
  variables: Record<string, string> = {},
  real: RealServices = NOTHING_REAL,
): Settings {
  const kept = ["PATH", "HOME", "TMPDIR", "DENO_DIR"];
  const inherited = kept.map((name) => [name, Deno.env.get(name) ?? ""]);
  return readSettings({ ...Object.fromEntries(inherited), ...variables }, real);
}

export interface TestStack extends Stack {
  /** What the stack told its user while it was up. */
  reports: string[];
}

/** A stack in a folder of its own, on free ports, with only the parts that are named. */
export async function startTestStack(
  parts: string[],
  options: StackOptions = {},
): Promise<TestStack> {
  const reports: string[] = [];
  const stack = await startStack({
    ephemeral: true,
    settings: plainSettings(),
    without: [...PARTS, "replenish-pool", "intake-calls"].filter((part) => !parts.includes(part)),
    report: (message) => void reports.push(message),
    ...options,
  });
  return { ...stack, reports };
}

export interface FunctionsFixture extends AsyncDisposable {
  functionsDirectory: string;
  configFile: string;
}

/** A folder with these functions, name to source, and a config.toml with these sections. */
export async function functionsFixture(
  sources: Record<string, string>,
  sections = "",
): Promise<FunctionsFixture> {
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-functions-" });
  for (const [name, source] of Object.entries(sources)) {
    await Deno.mkdir(join(directory, name));
    await Deno.writeTextFile(join(directory, name, "index.ts"), source);
  }
  const configFile = join(directory, "config.toml");
  await Deno.writeTextFile(configFile, `[api]\nschemas = ["public"]\n${sections}`);
  return {
    functionsDirectory: directory,
    configFile,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

export interface CommandResult {
  code: number;
  output: string;
}

/** Runs `npm start` or `npm stop` with its files in `directory` and on free ports. */
export async function runCommand(
  name: "start" | "stop",
  directory: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<CommandResult> {
  const { code, stdout, stderr } = await command(name, directory, args, env).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout) + text.decode(stderr) };
}

export function command(
  name: "start" | "stop",
  directory: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", inRoot("supabase", "local", `${name}.ts`), ...args],
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: Deno.env.get("HOME") ?? "",
      PHONE_POOL_DIRECTORY: directory,
      PHONE_POOL_API_PORT: "0",
      PHONE_POOL_DB_PORT: "0",
      PHONE_POOL_TELNYX_PORT: "0",
      PHONE_POOL_LIVEKIT_PORT: "0",
      ...env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Polls until the condition holds; the deadline is far beyond what it should take. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  milliseconds = 20_000,
): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
