import { z } from "zod";
import { inRoot, ROOT } from "../local/stack/paths.ts";
import type { Target } from "./target.ts";

export interface CliResult {
  success: boolean;
  stdout: string;
  /** What it said, both streams, for people. */
  said: string;
}

/** The Supabase CLI, for one project. Secrets reach it by environment and files, never by argument. */
export interface Cli {
  run(args: string[], options?: { env?: Record<string, string>; cwd?: string }): Promise<CliResult>;
  /**
   * Runs a command that prints JSON and returns it parsed; asked again, the same answer, until
   * `run` may have changed something of the kind (secrets, functions).
   */
  read<Schema extends z.ZodType>(args: string[], schema: Schema): Promise<z.output<Schema>>;
}

/** What a child process needs to run at all; nothing else of our environment reaches it. */
const PASSED_ON = ["PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"] as const;
const OWN = [
  "SUPABASE_HOME",
  "SUPABASE_NO_KEYRING",
  "HTTPS_PROXY",
  "NO_PROXY",
  "SSL_CERT_FILE",
  "DBUS_SESSION_BUS_ADDRESS",
] as const;

export function createCli(target: Target, variables: Record<string, string>): Cli {
  const environment = {
    ...pick(variables, [...PASSED_ON, ...OWN]),
    ...pick(target, ["SUPABASE_ACCESS_TOKEN", "SUPABASE_PROFILE"]),
    SUPABASE_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    SUPABASE_NO_UPDATE_NOTIFIER: "1",
    NO_COLOR: "1",
  };
  const execute: Cli["run"] = async (args, { env, cwd } = {}) => {
    const output = await new Deno.Command(inRoot("node_modules", ".bin", "supabase"), {
      args,
      cwd: cwd ?? ROOT,
      env: { ...environment, ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const stdout = new TextDecoder().decode(output.stdout);
    const stderr = new TextDecoder().decode(output.stderr);
    return { success: output.success, stdout, said: `${stderr}${stdout}`.trim() };
  };
  const answers = new Map<string, Promise<CliResult>>();
  return {
    run(args, options) {
      for (const key of answers.keys()) if (key.startsWith(`${args[0]} `)) answers.delete(key);
      return execute(args, options);
    },
    async read(args, schema) {
      const command = [...args, "--output-format", "json"];
      const key = command.join(" ");
      const answer = answers.get(key) ?? execute(command);
      answers.set(key, answer);
      const result = await answer;
      if (!result.success) throw new CliError(args, result.said);
      return schema.parse(JSON.parse(result.stdout));
    },
  };
}

export class CliError extends Error {
  override name = "CliError";
  constructor(args: string[], readonly said: string) {
    super(`supabase ${args.slice(0, 2).join(" ")} failed:\n${indent(said)}`);
  }
}

export const indent = (text: string): string =>
  text.split("\n").map((line) => `  | ${line}`).join("\n");

function pick(from: Record<string, unknown>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = from[name];
    return typeof value === "string" ? [[name, value]] : [];
  }));
}
