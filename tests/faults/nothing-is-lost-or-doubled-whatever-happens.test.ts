import { assertEquals } from "../support/assert.ts";
import { startTestServer } from "../support/postgres-server.ts";
import { runAll } from "./lanes.ts";
import { Report } from "./report.ts";

// Some of the runs of `npm run faults`; every fault and every accident has its turn among them.
const SEEDS = Array.from({ length: 40 }, (_, run) => 10 + run);

const server = await startTestServer();

Deno.test("random faults, the function and Postgres killed: nothing lost or doubled, nobody held up", async () => {
  const report = new Report();
  await runAll(SEEDS, server.adminUrl, (schedule, verdict) => report.add(schedule, verdict));
  console.log(String(report));
  assertEquals(report.failures, []);
});
