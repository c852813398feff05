/**
 * `npm run faults -- --runs 1000 --seed 1`: random schedules of faults against the real function
 * process, a real Postgres that is killed, and the Telnyx simulator. Run number k has the seed
 * `--seed` + k; the seed of a run that failed repeats its schedule: `--seed N --runs 1`.
 */
import { parseArgs } from "node:util";
import { Report } from "./report.ts";
import { runSchedule } from "./run-schedule.ts";
import { createSchedule } from "./schedule.ts";
import { startCrashableCluster } from "./world/cluster.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "20" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [runs, firstSeed] = [Number(values.runs), Number(values.seed)];
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
Deno.exit(report.failures.length === 0 ? 0 : 1);
