/**
 * `npm run faults -- --runs 1000 --seed 1`: random schedules of faults against the real function
 * process, a real Postgres that is killed, and the Telnyx simulator. Run number k has the seed
 * `--seed` + k; the seed of a run that failed repeats its schedule: `--seed N --runs 1`.
 */
import { parseArgs } from "node:util";
import { startTestServer } from "../support/postgres-server.ts";
import { runAll } from "./lanes.ts";
import { Report } from "./report.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "20" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [runs, firstSeed] = [Number(values.runs), Number(values.seed)];
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
Deno.exit(report.failures.length === 0 ? 0 : 1);
