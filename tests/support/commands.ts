import { readFileSync } from "node:fs";
import { z } from "zod";
import { inRoot } from "../../supabase/local/stack/paths.ts";

const manifest = z.object({ scripts: z.record(z.string(), z.string()) });

export interface Script {
  /** As a user types it: "npm test", "npm run demo". */
  typed: string;
  /** Of the program that it starts. */
  file: string;
}

/** Every command of package.json. */
export function commandsOfPackage(): Script[] {
  const { scripts } = manifest.parse(JSON.parse(readFileSync(inRoot("package.json"), "utf8")));
  return Object.entries(scripts).map(([name, line]) => ({
    typed: ["start", "stop", "test"].includes(name) ? `npm ${name}` : `npm run ${name}`,
    file: line.replace("deno run -A ", ""),
  }));
}

/** Runs a command as npm would, with nothing of this process' environment but what it needs. */
export async function runScript(file: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", inRoot(file), ...args],
    cwd: inRoot(),
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: Deno.env.get("HOME") ?? "",
      NO_COLOR: "1",
      ...env,
    },
    stdin: "null",
    // One that goes on where it should end fails its test instead of holding it up.
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
