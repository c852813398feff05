/**
 * `npm run faults -- --runs 1000 --seed 1`: random schedules of faults against the real function
 * process, a real Postgres that is killed, and the Telnyx simulator. Run number k has the seed
 * `--seed` + k; the seed of a run that failed repeats its schedule: `--seed N --runs 1`.
 */
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { value, wholeNumber } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { Report } from "./report.ts";
import { runSchedule } from "./run-schedule.ts";
import { createSchedule } from "./schedule.ts";
import { startCrashableCluster } from "./world/cluster.ts";

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
  const cluster = await startCrashableCluster();
  const report = new Report();
  try {
    for (let run = 0; run < runs; run++) {
      const seed = firstSeed + run;
      const startedAt = performance.now();
      const schedule = createSchedule(seed);
      const verdict = await runSchedule(cluster, schedule);
      report.add(schedule, verdict);
      const failure = report.failures.find((failed) => failed.seed === seed);
      const faults = [...new Set(schedule.phases.flatMap(({ faults }) => faults))];
      console.log(
        `seed ${seed} ${failure ? "FAILED" : "ok"}, ${verdict.numbers} numbers, ` +
          `${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${faults.join(", ")}`,
      );
      if (failure) console.log(`  ${failure.problems.join("\n  ")}`);
    }
  } finally {
    await cluster.stop();
  }
  console.log(`\n${report}`);
  return report.failures.length === 0 ? 0 : 1;
}

if (import.meta.main) await runCommand(COMMAND, faults);
