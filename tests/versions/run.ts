/**
 * The database tests on every PostgreSQL that Debian's packages have put on this machine:
 * `deno run -A tests/versions/run.ts [--require <version>] [folders or files]`. Says so when there
 * is none, or none with pg_cron; with --require that version must be there, with pg_cron.
 */
import { parseArgs } from "node:util";
import { findDebianPostgres, startDebianPostgres } from "./debian-postgres.ts";

const DEFAULT = [
  "tests/database",
  "tests/races",
  "tests/schema",
  "tests/security",
  "tests/upgrade/existing-data",
  "tests/upgrade/jobs",
];

const { values: { require: required }, positionals } = parseArgs({
  args: Deno.args,
  options: { require: { type: "string" } },
  allowPositionals: true,
});
const found = findDebianPostgres();
if (required && !found.some(({ version, hasCron }) => version === required && hasCron)) {
  console.error(`PostgreSQL ${required} with pg_cron is not installed: Debian's packages`);
  console.error(`postgresql-${required} and postgresql-${required}-cron`);
  Deno.exit(1);
}
if (found.length === 0) console.log("skipped: no PostgreSQL of Debian is installed");
let failures = 0;
for (const postgres of found) {
  const cron = postgres.hasCron ? "its own pg_cron in tests/upgrade/jobs" : "no pg_cron: skipped";
  console.log(`PostgreSQL ${postgres.version}, ${cron}`);
  const server = await startDebianPostgres(postgres);
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "-A",
        "--no-check",
        "--parallel",
        ...positionals.length > 0 ? positionals : DEFAULT,
      ],
      env: {
        PHONE_POOL_TEST_VERSIONS: "1",
        PHONE_POOL_TEST_DATABASE_URL: server.url,
        DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "2",
      },
    }).spawn().status;
    if (!success) failures++;
  } finally {
    await server.stop();
  }
}
Deno.exit(failures === 0 ? 0 : 1);
