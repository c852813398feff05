/** `npm run bench`: how fast the pool is. README.md says what the cases compare. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandLine, UsageError } from "../../supabase/command-line/command-line.ts";
import { describeDatabase } from "../../supabase/command-line/describe-database.ts";
import { flag } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { serverOption } from "../support/postgres-server.ts";
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

export const COMMAND = {
  name: "npm run bench",
  about: `How fast the pool is, as ratios against the bare floor in the same run. A full run
leaves its figures in tests/bench, a quick or partial one in .local/bench.
Cases: ${Object.keys(CASES).join(", ")}.`,
  options: {
    quick: flag("smaller cases, under 2 minutes in all"),
    server: serverOption,
  },
  operands: { name: "[case …]", least: 0, most: Infinity },
  isSimulated: true,
};

async function bench(
  { options, operands: only }: CommandLine<typeof COMMAND.options>,
): Promise<number> {
  const unknown = only.filter((name) => !(name in CASES));
  if (unknown.length > 0) {
    throw new UsageError(
      `No such case: ${unknown.join(", ")}. There are ${Object.keys(CASES).join(", ")}.`,
    );
  }
  const isWhole = !options.quick && only.length === 0;
  const folder = isWhole ? inRoot("tests", "bench") : inRoot(".local", "bench");
  mkdirSync(folder, { recursive: true });
  await using server = await startBenchServer(options.server);
  const target = options.server ? describeDatabase(options.server) : "embedded";
  const machine = `PostgreSQL ${server.version}, ${navigator.hardwareConcurrency} cores`;
  console.log(`${machine}, ${target}, commits flushed`);
  const results: Record<string, Result[]> = {};
  for (const [name, run] of Object.entries(CASES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const startedAt = performance.now();
    results[name] = await run(server, options.quick, folder);
    console.log(`\n${name} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
    printResults(results[name]);
  }
  const file = join(folder, "results.json");
  writeFileSync(file, JSON.stringify({ machine, isQuick: options.quick, results }, null, 2) + "\n");
  console.log(`\n${file}`);
  return 0;
}

if (import.meta.main) await runCommand(COMMAND, bench);
