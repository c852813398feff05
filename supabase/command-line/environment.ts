/** The variables of the shell, for the commands: which of them count, and which must not. */
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { UsageError } from "./command-line.ts";
import { value } from "./options.ts";

export type Variables = Record<string, string>;

/** The option of each command that reads the deployment's variables. */
export const envFileOption = value("FILE", "read variables from FILE; those of the shell win");

/**
 * The environment over the variables in the file; an empty variable counts as unset.
 * @throws {UsageError} when the file cannot be read
 */
export function readVariables(
  file?: string,
  environment: Variables = Deno.env.toObject(),
): Variables {
  const all = Object.entries({ ...file ? readFile(file) : {}, ...environment });
  return Object.fromEntries(all.flatMap(([name, value]) => value ? [[name, value]] : []));
}

function readFile(file: string) {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch {
    throw new UsageError(`--env-file=${file}: there is no such file, or it cannot be read`);
  }
}

// PGHOST, PGOPTIONS and the like are what a Postgres client reads by itself.
const OF_A_DEPLOYMENT =
  /^(TELNYX_|LIVEKIT_|SUPABASE_|PHONE_POOL_)|^(ALLOWED_ORIGINS|METRICS_TOKEN|DATABASE_URL|PG[A-Z]+)$/;

/** What places the local stack and the test run themselves, and names nothing real. */
const OF_THIS_MACHINE = new Set([
  "PHONE_POOL_DIRECTORY",
  "PHONE_POOL_API_PORT",
  "PHONE_POOL_DB_PORT",
  "PHONE_POOL_TELNYX_PORT",
  "PHONE_POOL_LIVEKIT_PORT",
  "PHONE_POOL_TEST_DATABASE_URL",
  "PHONE_POOL_TEST_VERSIONS",
  "PHONE_POOL_TEST_WIRE",
]);

/** Whether the variable belongs to a deployment: a credential, an address, a setting of it. */
export const isOfADeployment = (name: string): boolean =>
  OF_A_DEPLOYMENT.test(name) && !OF_THIS_MACHINE.has(name);

/**
 * Takes the deployment's variables away from this process and from the children that it starts:
 * libraries (Telnyx's SDK, Postgres' clients) read some of them by themselves.
 */
export function forgetDeployment(): void {
  for (const name of Object.keys(Deno.env.toObject())) {
    if (isOfADeployment(name)) Deno.env.delete(name);
  }
}
