import { join } from "node:path";
import {
  type GivenProject,
  readApiTarget,
  readDatabaseTarget,
} from "../../../supabase/command-line/project.ts";
import { type StackFile, writeStackFile } from "../../../supabase/local/stack/stack-file.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";

const PROJECT = {
  SUPABASE_URL: "https://abcdefghijklmnopqrst.supabase.co",
  SUPABASE_SECRET_KEY: "sb_secret_of_the_project",
  SUPABASE_DB_URL: "postgresql://postgres:password@pooler.example:5432/postgres",
};

const STACK: StackFile = {
  // One that lives: this process.
  pid: Deno.pid,
  parts: {},
  db_url: "postgresql://postgres:postgres@127.0.0.1:54322/postgres",
  api_url: "http://127.0.0.1:54321",
  functions_url: "http://127.0.0.1:54321/functions/v1",
  publishable_key: "sb_publishable_local",
  secret_key: "sb_secret_local",
  jwt_signing_key: {},
  shared_secret: "a-shared-secret",
  telnyx_url: "http://127.0.0.1:54331",
  telnyx_api_key: "KEY_simulated",
  livekit_url: "http://127.0.0.1:54332",
  livekit_api_key: "devkey",
  livekit_api_secret: "secret",
};

const given = (more: Partial<GivenProject> = {}): GivenProject => ({ local: false, ...more });

async function withFolder(stack: StackFile | undefined, run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "phone-pool-project-" });
  try {
    if (stack) await writeStackFile(folder, stack);
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Where the two kinds of commands go: over the Data API, and to the database. */
async function targets(options: GivenProject, environment: Record<string, string>) {
  const [api, database] = [
    await readApiTarget(options, environment),
    await readDatabaseTarget(options, environment),
  ];
  assert(!`${api.name} ${database.name}`.includes("password"), "a password is visible");
  return [api.url, api.secretKey, database.url];
}

const TO_PROJECT = Object.values(PROJECT);
const TO_STACK = [STACK.api_url, STACK.secret_key, STACK.db_url];

Deno.test("--local, else the variables, else the local stack that runs", () =>
  withFolder(STACK, async (folder) => {
    const where = { PHONE_POOL_DIRECTORY: folder };
    assertEquals(await targets(given(), where), TO_STACK);
    assertEquals(await targets(given(), { ...where, ...PROJECT }), TO_PROJECT);
    assertEquals(await targets(given({ local: true }), { ...where, ...PROJECT }), TO_STACK);
    // Set to nothing is not set; what an application calls its own database is not ours.
    const others = { SUPABASE_URL: "", DATABASE_URL: "postgresql://other.example/app" };
    assertEquals(await targets(given(), { ...where, ...others }), TO_STACK);
  }));

Deno.test("a file of variables counts like the shell, which wins", () =>
  withFolder(STACK, async (folder) => {
    const file = join(folder, "project.env");
    const lines = Object.entries(PROJECT).map(([name, value]) => `${name}=${value}\n`);
    await Deno.writeTextFile(file, lines.join(""));
    const where = { PHONE_POOL_DIRECTORY: folder };
    assertEquals(await targets(given({ "env-file": file }), where), TO_PROJECT);
    const shell = { ...where, SUPABASE_SECRET_KEY: "sb_secret_of_the_shell" };
    assertEquals((await targets(given({ "env-file": file }), shell))[1], "sb_secret_of_the_shell");
  }));

Deno.test("half a project is a mistake that is named, never the local stack", () =>
  withFolder(STACK, async (folder) => {
    const where = { PHONE_POOL_DIRECTORY: folder };
    const { SUPABASE_URL, SUPABASE_DB_URL } = PROJECT;
    const api = (more: Record<string, string>) => () =>
      readApiTarget(given(), { ...where, ...more });
    const database = (more: Record<string, string>) => () =>
      readDatabaseTarget(given(), { ...where, ...more });
    await assertRejects(api({ SUPABASE_URL }), Error, "SUPABASE_SECRET_KEY is missing");
    await assertRejects(api({ SUPABASE_DB_URL }), Error, "SUPABASE_URL is missing");
    await assertRejects(database({ SUPABASE_URL }), Error, "SUPABASE_DB_URL is missing");
    await assertRejects(
      api({ ...PROJECT, SUPABASE_URL: "x" }),
      Error,
      "SUPABASE_URL is not https://",
    );
    await assertRejects(
      database({ SUPABASE_DB_URL: "x" }),
      Error,
      "SUPABASE_DB_URL is not postgresql",
    );
  }));

Deno.test("without variables and without a stack that lives, both are named", async () => {
  const ended = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await ended.status;
  for (const stack of [undefined, { ...STACK, pid: ended.pid }]) {
    await withFolder(stack, async (folder) => {
      const where = { PHONE_POOL_DIRECTORY: folder };
      await assertRejects(
        () => readApiTarget(given(), where),
        Error,
        "No local stack runs (npm start)",
      );
      const local = given({ local: true });
      await assertRejects(() => readDatabaseTarget(local, where), Error, "No local stack runs");
    });
  }
});
