/**
 * `npm run bench [-- --quick] [-- only …]`: how fast the pool is, as ratios against the bare floor in
 * the same run. On the embedded Postgres, or on DATABASE_URL (a superuser's).
 */
import { manyClients, oneClient } from "./cases/assignment.ts";
import { timeColdStarts } from "./cases/functions.ts";
import { timeViews } from "./cases/views.ts";
import { printComparisons } from "./report.ts";
import { startBenchServer } from "./server.ts";

const isQuick = Deno.args.includes("--quick");
const only = Deno.args.filter((argument) => !argument.startsWith("--"));
const pairs = isQuick ? 5 : 9;

await using server = await startBenchServer();
console.log(
  `PostgreSQL ${server.version}, ${navigator.hardwareConcurrency} cores, commits flushed`,
);

const CASES: Record<string, () => Promise<void>> = {
  async assignment() {
    printComparisons(await oneClient(server, 10_000, isQuick ? 1000 : 3000), { floor: "≤ 1.20" });
    printComparisons(await manyClients(server, 8, 2000, pairs), { floor: "≤ 1.33" });
    printComparisons(await manyClients(server, 64, 2000, pairs), { floor: "≤ 1.54" });
  },
  async calls() {
    // A process of its own: its database and simulator are those of the tests.
    const script = new URL("./intake-calls.ts", import.meta.url).pathname;
    await new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", script] })
      .spawn().status;
  },
  functions: timeColdStarts,
  views: () => timeViews(server, isQuick ? 10_000 : 100_000, isQuick ? 100_000 : 1_000_000),
};

for (const [name, run] of Object.entries(CASES)) {
  if (only.length > 0 && !only.includes(name)) continue;
  console.log(`\n${name}`);
  await run();
}
