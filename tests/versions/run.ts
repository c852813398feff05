/**
 * The database tests on every PostgreSQL that Debian's packages have put on this machine:
 * `deno run -A tests/versions/run.ts [folders or files]`. Says so when there is none.
 */
import { findDebianPostgres, startDebianPostgres } from "./debian-postgres.ts";

const DEFAULT = [
  "tests/database",
  "tests/races",
  "tests/schema",
  "tests/security",
  "tests/upgrade/existing-data",
  "tests/upgrade/jobs",
];

const found = findDebianPostgres();
if (found.length === 0) console.log("skipped: no PostgreSQL of Debian is installed");
let failures = 0;
for (const postgres of found) {
  console.log(`PostgreSQL ${postgres.version}`);
  const server = await startDebianPostgres(postgres);
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "-A",
        "--no-check",
        "--parallel",
        ...Deno.args.length > 0 ? Deno.args : DEFAULT,
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
