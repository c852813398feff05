import { assertEquals } from "../support/assert.ts";
import { Report } from "./report.ts";
import { runSchedule } from "./run-schedule.ts";
import { createSchedule } from "./schedule.ts";
import { startCrashableCluster } from "./world/cluster.ts";

// A few of the runs of `npm run faults`, so chosen that each accident has its turn.
const SEEDS = [10, 11, 13, 25, 27, 50];

Deno.test("random faults, the function killed, Postgres killed: nothing lost or doubled", async () => {
  const cluster = await startCrashableCluster();
  const report = new Report();
  try {
    for (const seed of SEEDS) {
      const schedule = createSchedule(seed);
      report.add(schedule, await runSchedule(cluster, schedule));
    }
  } finally {
    await cluster.stop();
  }
  console.log(String(report));
  assertEquals(report.failures, []);
});
