import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runPgNetWorker } from "../../../supabase/local/pg-net/worker.ts";
import { check } from "../../../supabase/deploy/check.ts";
import { type Cli, createCli } from "../../../supabase/deploy/cli.ts";
import type { Context, Step } from "../../../supabase/deploy/context.ts";
import { connectDatabase } from "../../../supabase/deploy/database.ts";
import { createDialogue } from "../../../supabase/command-line/dialogue.ts";
import type { Options } from "../../../supabase/deploy/options.ts";
import { type Checkpoint, runDeploy } from "../../../supabase/deploy/run.ts";
import { readTarget, secretsOf } from "../../../supabase/deploy/target.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createRpc } from "../../support/rpc.ts";
import { serve, startCarriers } from "./carriers.ts";
import { createFunctionHost } from "./function-host.ts";
import { createManagementApi, type ManagementApi } from "./management-api.ts";
import { createDataApi } from "./data-api.ts";

export const REF = "abcdefghijklmnopqrst";
const TOKEN = "sbp_0123456789abcdef0123456789abcdef01234567";
const SECRET_KEY = "sb_secret_of_the_stand_in_project";

export interface Project extends AsyncDisposable {
  database: TestDatabase;
  api: ManagementApi;
  carriers: ReturnType<typeof startCarriers>;
  /** What the command takes from the shell. */
  variables: Record<string, string>;
  /** Everything that was said by all deployments so far. */
  said: string[];
  /** Milliseconds: how long each of the next deployments waits at most. */
  readonly patience: { purchases: number; nudge: number };
  /** Runs the command in this process, with --yes. */
  deploy(options?: Partial<Options>, checkpoint?: Checkpoint): Promise<boolean>;
  /** Runs one part of it and returns what it says to have done. */
  step(step: Step): Promise<string>;
  /** Public keys that users' tokens are signed with. */
  userKeys: unknown[];
  /** As far as the checks, with a CLI that finds an empty project: whether all passed. */
  check(change?: (context: Context) => Context): Promise<boolean>;
}

/** A project on the platform: a bare database, the Management API, functions, and both carriers. */
export async function createProject(
  prepare: (database: TestDatabase) => Promise<unknown> = () => Promise.resolve(),
  /** By default only the one that buys is really run: starting all of them takes its time. */
  runs: (name: string) => boolean = (name) => name === "replenish-pool",
): Promise<Project> {
  const database = await createTestDatabase({ bare: true });
  await prepare(database);
  const carriers = startCarriers();
  const api = createManagementApi(REF, TOKEN);
  const platform: { url: string } = { url: "" };
  const userKeys: unknown[] = [{ kty: "EC" }];
  const host = createFunctionHost(api, () => ({
    SUPABASE_URL: platform.url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: SECRET_KEY }),
  }), runs);
  const dataApi = createDataApi(createRpc(await database.connect("service_role")), SECRET_KEY);
  const server = serve((request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/functions/v1/")) return host.handler(request);
    if (pathname.startsWith("/rest/v1/")) return dataApi(request);
    if (pathname === "/auth/v1/.well-known/jwks.json") {
      return Promise.resolve(Response.json({ keys: userKeys }));
    }
    return api.handler(request);
  });
  platform.url = server.url;
  const stop = new AbortController();
  const worker = runPgNetWorker({
    databaseUrl: database.superuserUrl,
    signal: stop.signal,
    log: () => {},
    pauseMilliseconds: 50,
  });
  const home = await Deno.makeTempDir({ prefix: "phone-pool-cli-" });
  const variables = await variablesOf(home, server.url, database.url, carriers.variables);
  const said: string[] = [];
  const patience = { purchases: 20_000, nudge: 20_000 };
  return {
    patience,
    database,
    api,
    carriers,
    variables,
    said,
    deploy: (options, checkpoint) =>
      withContext(
        { variables, said, patience },
        options,
        (context) => runDeploy(context, checkpoint),
      ),
    step: (step) => withContext({ variables, said, patience }, {}, (context) => step.run(context)),
    userKeys,
    check: (change = (context) => context) =>
      withContext({ variables, said, patience }, { dryRun: true }, (context) => {
        const read: Cli["read"] = (_args, schema) =>
          Promise.resolve(schema.parse({ secrets: [], functions: [] }));
        return check(change({ ...context, cli: { ...context.cli, read } }));
      }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await worker;
      await server.stop();
      await host[Symbol.asyncDispose]();
      await carriers.stop();
      await database.drop();
      await Deno.remove(home, { recursive: true });
    },
  };
}

async function variablesOf(
  home: string,
  url: string,
  databaseUrl: string,
  carriers: Record<string, string>,
): Promise<Record<string, string>> {
  const profile = join(home, "profile.json");
  await writeFile(
    profile,
    JSON.stringify({
      name: "stand-in",
      api_url: url,
      dashboard_url: `${url}/dashboard`,
      project_host: "example.invalid",
    }),
  );
  return {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: home,
    SUPABASE_HOME: home,
    SUPABASE_NO_KEYRING: "1",
    SUPABASE_PROFILE: profile,
    SUPABASE_ACCESS_TOKEN: TOKEN,
    SUPABASE_PROJECT_REF: REF,
    SUPABASE_DB_URL: databaseUrl,
    PHONE_POOL_FUNCTIONS_URL: `${url}/functions/v1`,
    PHONE_POOL_INITIAL_SIZE: "6",
    ...carriers,
  };
}

async function withContext<T>(
  { variables, said, patience }: Pick<Project, "variables" | "said" | "patience">,
  options: Partial<Options> = {},
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const dialogue = createDialogue({ yes: true, write: (line) => void said.push(line) });
  const target = await readTarget(variables, dialogue);
  dialogue.hide(secretsOf(target));
  await using database = await connectDatabase(target.SUPABASE_DB_URL);
  return await work({
    options: { yes: true, dryRun: false, remove: false, rotateSecret: false, ...options },
    target,
    cli: createCli(target, variables),
    database,
    dialogue,
    patience: { ...patience },
  });
}
