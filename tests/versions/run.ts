/**
 * `npm run test:versions`: the database tests on every PostgreSQL that Debian has put here, or on a
 * server that is named.
 */
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { value } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { SERVER_VARIABLE, serverOption } from "../support/postgres-server.ts";
import { TEST_OPERANDS, testArguments } from "../support/test-operands.ts";
import { findDebianPostgres, startDebianPostgres } from "./debian-postgres.ts";
import { inspectServer, useLibraries } from "./named-server.ts";

const DEFAULT = [
  "tests/database",
  "tests/races",
  "tests/schema",
  "tests/security",
  "tests/upgrade/existing-data",
  "tests/upgrade/jobs",
];

export const COMMAND = {
  name: "npm run test:versions",
  about: `The database tests on every PostgreSQL that Debian's packages have put on this machine, or
on one server that is named. Says which parts of the platform are real ones there, and when there is
no server, or none with pg_cron.`,
  options: {
    require: value("VERSION", "fail unless this version is there, with pg_cron"),
    server: serverOption,
  },
  operands: TEST_OPERANDS,
  isSimulated: true,
};

async function run({ options, operands }: CommandLine<typeof COMMAND.options>): Promise<number> {
  const tests = testArguments(operands, DEFAULT, undefined);
  const isGreen = options.server
    ? await testNamed(options.server, tests)
    : await testInstalled(options.require, tests);
  return isGreen ? 0 : 1;
}

async function testNamed(url: string, tests: string[]): Promise<boolean> {
  const { report, refusal, libraries } = await inspectServer(url);
  for (const line of report) console.log(line);
  if (refusal) {
    console.error(refusal);
    return false;
  }
  await useLibraries(url, libraries);
  return await runTests(url, tests);
}

async function testInstalled(required: string | undefined, tests: string[]): Promise<boolean> {
  const found = findDebianPostgres();
  if (required && !found.some(({ version, hasCron }) => version === required && hasCron)) {
    console.error(`PostgreSQL ${required} with pg_cron is not installed: Debian's packages`);
    console.error(`postgresql-${required} and postgresql-${required}-cron`);
    return false;
  }
  if (found.length === 0) console.log("skipped: no PostgreSQL of Debian is installed");
  let isGreen = true;
  for (const postgres of found) {
    const cron = postgres.hasCron ? "its own pg_cron in tests/upgrade/jobs" : "no pg_cron: skipped";
    console.log(`PostgreSQL ${postgres.version}, ${cron}`);
    const server = await startDebianPostgres(postgres);
    try {
      isGreen = await runTests(server.url, tests) && isGreen;
    } finally {
      await server.stop();
    }
  }
  return isGreen;
}

async function runTests(url: string, tests: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--parallel", ...tests],
    env: {
      PHONE_POOL_TEST_VERSIONS: "1",
      [SERVER_VARIABLE]: url,
      DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "2",
    },
  }).spawn().status;
  return success;
}

if (import.meta.main) await runCommand(COMMAND, run);
