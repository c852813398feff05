/**
 * `npm test`: format, lint, types and every test, on one Postgres server for them all; or those of a
 * folder: `npm test -- tests/races`. The last line is `N passed, N failed[, N skipped]`.
 */
import type { CommandLine } from "../supabase/command-line/command-line.ts";
import { describeDatabase } from "../supabase/command-line/describe-database.ts";
import { runCommand } from "../supabase/command-line/run.ts";
import { SERVER_VARIABLE, serverOption, startTestServer } from "./support/postgres-server.ts";
import { filterOption, TEST_OPERANDS, testArguments } from "./support/test-operands.ts";

export const COMMAND = {
  name: "npm test",
  about: `What CI runs: format, lint, types and every test, or those of some folders and files.
The last line is "N passed, N failed".`,
  options: { filter: filterOption, server: serverOption },
  operands: TEST_OPERANDS,
  isSimulated: true,
};

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };

async function run({ options, operands }: CommandLine<typeof COMMAND.options>): Promise<number> {
  const tests = testArguments(operands, ["tests"], options.filter);
  const target = options.server ? describeDatabase(options.server) : "an embedded PostgreSQL";
  console.log(`On ${target}; Telnyx and LiveKit simulated`);
  await check("format", ["fmt", "--check", "--quiet"]);
  await check("lint", ["lint", "--quiet"]);
  await check("types", ["check", "--quiet", "functions", "seed", "supabase", "tests"]);

  const server = await startTestServer(options.server);
  try {
    add(await runTests(server.adminUrl, tests));
  } finally {
    await server.stop();
  }

  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 ? 0 : 1;
}

async function check(name: string, args: string[]): Promise<void> {
  const { success } = await deno(args).spawn().status;
  console.log(`${name} ... ${success ? "ok" : "FAILED"}`);
  add({ passed: success ? 1 : 0, failed: success ? 0 : 1, skipped: 0 });
}

async function runTests(serverUrl: string, tests: string[]): Promise<Counts> {
  const child = deno(["test", "--allow-all", "--no-check", "--parallel", ...tests], {
    stdout: "piped",
    env: { [SERVER_VARIABLE]: serverUrl, DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "3" },
  }).spawn();
  const output = await copyThrough(child.stdout);
  const { success } = await child.status;
  const counts = readCounts(output);
  // A file that does not even load is counted by nobody.
  if (!success && counts.failed === 0) counts.failed = 1;
  return counts;
}

function deno(args: string[], options: Deno.CommandOptions = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", ...options });
}

async function copyThrough(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    await Deno.stdout.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** Deno closes with `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`. */
function readCounts(output: string): Counts {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[[0-9;]*m/g, "");
  const closing = plain.match(/^.*\| \d+ passed.*\| \d+ failed.*$/gm)?.at(-1) ?? "";
  const count = (word: string) => Number(closing.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}

function add(counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

if (import.meta.main) await runCommand(COMMAND, run);
