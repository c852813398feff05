/**
 * `npm run bench [-- --quick] [-- assignment views …]`: how fast the pool is, as ratios against the
 * bare floor in the same run. On the embedded Postgres, or on DATABASE_URL (a superuser's).
 * A full run leaves its figures in results.json and growth.svg, a quick or partial one in .local.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { assignment } from "./cases/assignment.ts";
import { bulk } from "./cases/bulk.ts";
import { calls } from "./cases/calls.ts";
import { decay } from "./cases/decay.ts";
import { functions } from "./cases/functions.ts";
import { growth } from "./cases/growth.ts";
import { latency } from "./cases/latency.ts";
import { peers } from "./cases/peers.ts";
import { refill } from "./cases/refill.ts";
import { sweep } from "./cases/sweep.ts";
import { views } from "./cases/views.ts";
import { printResults, type Result } from "./report.ts";
import { type BenchServer, startBenchServer } from "./server.ts";

type Case = (server: BenchServer, isQuick: boolean, folder: string) => Promise<Result[]>;

const CASES: Record<string, Case> = {
  assignment,
  decay,
  bulk,
  latency,
  peers,
  refill,
  calls,
  functions,
  views,
  sweep,
  growth,
};

const isQuick = Deno.args.includes("--quick");
const only = Deno.args.filter((argument) => !argument.startsWith("--"));
const unknown = only.filter((name) => !(name in CASES));
if (unknown.length > 0) {
  console.error(`No such case: ${unknown.join(", ")}. There are ${Object.keys(CASES).join(", ")}.`);
  Deno.exit(1);
}
const isWhole = !isQuick && only.length === 0;
const folder = isWhole ? inRoot("tests", "bench") : inRoot(".local", "bench");
mkdirSync(folder, { recursive: true });

const results: Record<string, Result[]> = {};
{
  await using server = await startBenchServer();
  const machine = `PostgreSQL ${server.version}, ${navigator.hardwareConcurrency} cores`;
  console.log(`${machine}, commits flushed`);
  for (const [name, run] of Object.entries(CASES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const startedAt = performance.now();
    results[name] = await run(server, isQuick, folder);
    console.log(`\n${name} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
    printResults(results[name]);
  }
  const file = join(folder, "results.json");
  writeFileSync(file, JSON.stringify({ machine, isQuick, results }, null, 2) + "\n");
  console.log(`\n${file}`);
}
// What the cases' connections leave behind would keep the process.
Deno.exit();
