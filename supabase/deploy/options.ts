import { readFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";

export interface Options {
  /** Asks nothing: every question is answered with its default, which is yes. */
  yes: boolean;
  /** Checks and shows the plan; changes nothing. */
  dryRun: boolean;
  /** The way out instead of the way in. */
  remove: boolean;
  /** Gives Postgres and the functions a new shared secret. */
  rotateSecret: boolean;
  help: boolean;
}

export interface CommandLine {
  options: Options;
  /** The environment, over the file that --env-file names. */
  variables: Record<string, string>;
}

export const USAGE = `npm run deploy -- [options]

  --yes             ask nothing; everything comes from environment variables (CI)
  --dry-run         check and show the plan, change nothing
  --rotate-secret   also replace the secret that Postgres sends to the functions
  --remove          the way out: stop assigning, list the numbers; nothing is deleted
  --env-file=FILE   read variables from FILE; those of the shell win
  --help            this text

Variables that are not set are asked for. supabase/README.md lists them.`;

/** @throws {Error} for an option that does not exist */
export function readCommandLine(
  args: string[],
  environment: Record<string, string> = Deno.env.toObject(),
): CommandLine {
  const { values } = parseArgs({
    args,
    options: {
      yes: { type: "boolean", short: "y", default: false },
      "dry-run": { type: "boolean", default: false },
      remove: { type: "boolean", default: false },
      "rotate-secret": { type: "boolean", default: false },
      "env-file": { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const file = values["env-file"];
  const given = file ? parseEnv(readFileSync(file, "utf8")) : {};
  const all = Object.entries({ ...given, ...environment })
    .flatMap(([name, value]) => value ? [[name, value] as const] : []);
  return {
    options: {
      yes: values.yes,
      dryRun: values["dry-run"],
      remove: values.remove,
      rotateSecret: values["rotate-secret"],
      help: values.help,
    },
    variables: Object.fromEntries(all),
  };
}
