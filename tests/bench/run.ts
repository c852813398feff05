/**
 * `npm run bench [-- --quick]`: how fast the pool is, as ratios against the bare floor in the same
 * run. On the embedded Postgres, or on DATABASE_URL (a superuser's).
 */
import { manyClients, oneClient } from "./cases/assignment.ts";
import { printComparisons } from "./report.ts";
import { startBenchServer } from "./server.ts";

const isQuick = Deno.args.includes("--quick");
const pairs = isQuick ? 5 : 9;

await using server = await startBenchServer();
console.log(
  `PostgreSQL ${server.version}, ${navigator.hardwareConcurrency} cores, commits flushed\n`,
);

printComparisons(await oneClient(server, 10_000, isQuick ? 1000 : 3000), { floor: "≤ 1.20" });
printComparisons(await manyClients(server, 8, 2000, pairs), { floor: "≤ 1.33" });
printComparisons(await manyClients(server, 64, 2000, pairs), { floor: "≤ 1.54" });
