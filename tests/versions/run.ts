/** `npm run test:versions`: the database tests on every PostgreSQL that Debian has put here. */
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { value } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { SERVER_VARIABLE } from "../support/postgres-server.ts";
import { TEST_OPERANDS, testArguments } from "../support/test-operands.ts";
import { findDebianPostgres, startDebianPostgres } from "./debian-postgres.ts";

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
  about: `The database tests on every PostgreSQL that Debian's packages have put on this machine.
Says so when there is none, or none with pg_cron.`,
  options: {
    require: value("VERSION", "fail unless this version is there, with pg_cron"),
  },
  operands: TEST_OPERANDS,
  isSimulated: true,
};

async function run({ options, operands }: CommandLine<typeof COMMAND.options>): Promise<number> {
  const tests = testArguments(operands, DEFAULT, undefined);
  const { require: required } = options;
  const found = findDebianPostgres();
  if (required && !found.some(({ version, hasCron }) => version === required && hasCron)) {
    console.error(`PostgreSQL ${required} with pg_cron is not installed: Debian's packages`);
    console.error(`postgresql-${required} and postgresql-${required}-cron`);
    return 1;
  }
  if (found.length === 0) console.log("skipped: no PostgreSQL of Debian is installed");
  let failures = 0;
  for (const postgres of found) {
    const cron = postgres.hasCron ? "its own pg_cron in tests/upgrade/jobs" : "no pg_cron: skipped";
    console.log(`PostgreSQL ${postgres.version}, ${cron}`);
    const server = await startDebianPostgres(postgres);
    try {
      const { success } = await new Deno.Command(Deno.execPath(), {
        args: ["test", "-A", "--no-check", "--parallel", ...tests],
        env: {
          PHONE_POOL_TEST_VERSIONS: "1",
          [SERVER_VARIABLE]: server.url,
          DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "2",
        },
      }).spawn().status;
      if (!success) failures++;
    } finally {
      await server.stop();
    }
  }
  return failures === 0 ? 0 : 1;
}

if (import.meta.main) await runCommand(COMMAND, run);
