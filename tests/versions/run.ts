/**
 * The database tests on every PostgreSQL that Debian's packages have put on this machine, or on one
 * that is named: `deno run -A tests/versions/run.ts [--require <version>] [--server <URL of a
 * superuser>] [folders or files]`. Says which parts of the platform are real ones there; with
 * --require that version must be installed, with pg_cron.
 */
import { parseArgs } from "node:util";
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

const { values: { require: required, server: named }, positionals } = parseArgs({
  args: Deno.args,
  options: { require: { type: "string" }, server: { type: "string" } },
  allowPositionals: true,
});
const isGreen = named ? await testNamed(named) : await testInstalled();
Deno.exit(isGreen ? 0 : 1);

async function testNamed(url: string): Promise<boolean> {
  const { report, refusal, libraries } = await inspectServer(url);
  for (const line of report) console.log(line);
  if (refusal) {
    console.error(refusal);
    return false;
  }
  await useLibraries(url, libraries);
  return await runTests(url);
}

async function testInstalled(): Promise<boolean> {
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
      isGreen = await runTests(server.url) && isGreen;
    } finally {
      await server.stop();
    }
  }
  return isGreen;
}

async function runTests(url: string): Promise<boolean> {
  const given = positionals.length > 0 ? positionals : DEFAULT;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--parallel", ...given],
    env: {
      PHONE_POOL_TEST_VERSIONS: "1",
      PHONE_POOL_TEST_DATABASE_URL: url,
      DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "2",
    },
  }).spawn().status;
  return success;
}
