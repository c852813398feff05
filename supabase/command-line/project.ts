/**
 * Which project a command works on. One precedence for all of them: --local, else the variables,
 * else the local stack that runs. The first line of a command names its target.
 */
import { stackDirectory } from "../local/stack/plan.ts";
import { isAlive } from "../local/stack/process.ts";
import { readStackFile, type StackFile } from "../local/stack/stack-file.ts";
import { describeDatabase } from "./describe-database.ts";
import { envFileOption, readVariables, type Variables } from "./environment.ts";
import { flag } from "./options.ts";

/** The variables that name a project: one of them is enough to mean it, not the local stack. */
export const PROJECT_VARIABLES = {
  SUPABASE_URL: "the project's API, https://….supabase.co",
  SUPABASE_SECRET_KEY: "its secret key (Settings → API keys)",
  SUPABASE_DB_URL: "its database, with password (Connect → Session pooler)",
} as const;

type ProjectVariable = keyof typeof PROJECT_VARIABLES;

/** The options of each command that works on a project. */
export const projectOptions = {
  local: flag("the local stack (npm start), whatever the variables say"),
  "env-file": envFileOption,
};

export interface GivenProject {
  local: boolean;
  "env-file"?: string;
}

/** What --help says of the variables of such a command. */
export const variablesFor = (...names: ProjectVariable[]): Record<string, string> =>
  Object.fromEntries([
    ...names.map((name) => [name, PROJECT_VARIABLES[name]]),
    ["PHONE_POOL_DIRECTORY", "else: where the local stack keeps its files"],
  ]);

export interface ApiTarget {
  /** For the first line. */
  name: string;
  url: string;
  secretKey: string;
  /** The local stack, if that is the target. */
  stack?: StackFile;
  variables: Variables;
}

/** @throws {Error} that says what is missing */
export async function readApiTarget(
  given: GivenProject,
  environment?: Variables,
): Promise<ApiTarget> {
  const variables = readVariables(given["env-file"], environment);
  const stack = await localStack(given, variables);
  if (stack) {
    const name = `the local stack, ${stack.api_url}`;
    return { name, url: stack.api_url, secretKey: stack.secret_key, stack, variables };
  }
  const { SUPABASE_URL = "", SUPABASE_SECRET_KEY = "" } = variables;
  demand(variables, ["SUPABASE_URL", "SUPABASE_SECRET_KEY"]);
  if (!URL.canParse(SUPABASE_URL)) throw new Error("SUPABASE_URL is not https://….supabase.co");
  return {
    name: `the project ${new URL(SUPABASE_URL).host}`,
    url: SUPABASE_URL,
    secretKey: SUPABASE_SECRET_KEY,
    variables,
  };
}

/** @throws {Error} that says what is missing */
export async function readDatabaseTarget(
  given: GivenProject,
  environment?: Variables,
): Promise<{ name: string; url: string }> {
  const variables = readVariables(given["env-file"], environment);
  const stack = await localStack(given, variables);
  if (stack) {
    return { name: `the local stack, ${describeDatabase(stack.db_url)}`, url: stack.db_url };
  }
  demand(variables, ["SUPABASE_DB_URL"]);
  const { SUPABASE_DB_URL = "" } = variables;
  if (!/^postgres(ql)?:/.test(SUPABASE_DB_URL) || !URL.canParse(SUPABASE_DB_URL)) {
    throw new Error("SUPABASE_DB_URL is not postgresql://…");
  }
  return { name: `the project's ${describeDatabase(SUPABASE_DB_URL)}`, url: SUPABASE_DB_URL };
}

/** The local stack where it is meant; undefined where the variables name a project. */
async function localStack(
  { local }: GivenProject,
  variables: Variables,
): Promise<StackFile | undefined> {
  const isNamed = Object.keys(PROJECT_VARIABLES).some((name) => variables[name]);
  if (isNamed && !local) return undefined;
  const stack = await readStackFile(stackDirectory(variables));
  // One that was killed has left its file behind.
  if (stack && isAlive(stack.pid)) return stack;
  throw new Error(
    local
      ? "No local stack runs: npm start."
      : "No local stack runs (npm start), and no variable names a project: --help lists them.",
  );
}

function demand(variables: Variables, names: ProjectVariable[]): void {
  const missing = names.filter((name) => !variables[name]);
  if (missing.length === 0) return;
  const set = Object.keys(PROJECT_VARIABLES).filter((name) => variables[name]);
  throw new Error(
    `${missing.map((name) => `${name} is missing: ${PROJECT_VARIABLES[name]}`).join("\n")}\n` +
      `${set.join(", ")} set: the project is meant, not the local stack (--local).`,
  );
}
