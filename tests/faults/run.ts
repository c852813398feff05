/**
 * `npm run faults -- --runs 1000 --seed 1`: random schedules of faults against the real function
 * process, a real Postgres that is killed, and the Telnyx simulator. Run number k has the seed
 * `--seed` + k; the seed of a run that failed repeats its schedule: `--seed N --runs 1`.
 */
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { value, wholeNumber } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { startTestServer } from "../support/postgres-server.ts";
import { runAll } from "./lanes.ts";
import { Report } from "./report.ts";

export const COMMAND = {
  name: "npm run faults",
  about: `Random schedules of faults against the real function process, a real Postgres that is
killed, and the Telnyx simulator. Run number k has the seed of the first plus k;
the seed of a failed run repeats its schedule: --seed=N --runs=1.`,
  options: {
    runs: value("N", "how many schedules (20)", wholeNumber(1, 1_000_000)),
    seed: value("N", "the first seed (any)", wholeNumber(0, 999_999_999)),
  },
  isSimulated: true,
};

async function faults({ options }: CommandLine<typeof COMMAND.options>): Promise<number> {
  const { runs = 20, seed: firstSeed = Date.now() % 1_000_000 } = options;
  console.log(`${runs} schedules from seed ${firstSeed}, on an embedded PostgreSQL`);
  const server = await startTestServer();
  const report = new Report();
  try {
    const seeds = Array.from({ length: runs }, (_, run) => firstSeed + run);
    await runAll(seeds, server.adminUrl, (schedule, verdict, milliseconds) => {
      report.add(schedule, verdict);
      const { seed, phases, service } = schedule;
      const failure = report.failures.find((failed) => failed.seed === seed);
      const faults = [...phases.flatMap((phase) => phase.faults), ...service.faults];
      console.log(
        `seed ${seed} ${failure ? "FAILED" : "ok"}, ${verdict.numbers} numbers, ` +
          `${(milliseconds / 1000).toFixed(1)} s: ${[...new Set(faults)].join(", ")}`,
      );
      if (failure) console.log(`  ${failure.problems.join("\n  ")}`);
    });
  } finally {
    await server.stop();
  }
  console.log(`\n${report}`);
  return report.failures.length === 0 ? 0 : 1;
}

if (import.meta.main) await runCommand(COMMAND, faults);
