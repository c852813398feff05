/**
 * `npm run mutants`: makes the code wrong in one small way at a time, in a copy of the repository,
 * and runs the tests that must notice. What no test notices is told by its name.
 */
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { value, wholeNumber } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { SERVER_VARIABLE, startTestServer } from "../support/postgres-server.ts";
import type { Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";

export const COMMAND = {
  name: "npm run mutants",
  about:
    `Makes the code wrong in one small way at a time, in a copy of this repository, and runs the
tests that must notice. Fails when fewer than 95 of 100 are noticed.`,
  options: {
    only: value("text", "those whose file or change contains this text", z.string().min(1)),
    lanes: value("N", "how many at a time (2)", wholeNumber(1, 16)),
  },
  isSimulated: true,
};

const COPIED = ["functions", "migrations", "seed", "supabase", "tests", "deno.json"]
  .concat(["package.json", "README.md", ".github"]);
const LEAST_NOTICED = 0.95;

async function mutants({ options }: CommandLine<typeof COMMAND.options>): Promise<number> {
  const { only, lanes = 2 } = options;
  const chosen = MUTANTS.filter((mutant) => !only || describe(mutant).includes(only));
  if (chosen.length === 0) throw new Error(`No mutant contains "${only}"`);
  const server = await startTestServer();
  const survivors: Mutant[] = [];
  let next = 0;
  const lane = async () => {
    const copy = await copyOfRepository();
    try {
      for (let index = next++; index < chosen.length; index = next++) {
        const mutant = chosen[index];
        if (!mutant) break;
        const isNoticed = await isNoticedIn(copy, mutant, server.adminUrl);
        if (!isNoticed) survivors.push(mutant);
        console.log(
          `${index + 1}/${chosen.length} ${isNoticed ? "noticed " : "SURVIVED"} ${
            describe(mutant)
          }`,
        );
      }
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    await server.stop();
  }
  const noticed = chosen.length - survivors.length;
  const score = noticed / chosen.length;
  console.log(`\n${noticed} of ${chosen.length} noticed (${(100 * score).toFixed(1)} %)`);
  for (const mutant of survivors) console.log(`  survived: ${describe(mutant)}`);
  return score >= LEAST_NOTICED ? 0 : 1;
}

const describe = ({ file, from, to }: Mutant) =>
  `${file}: ${oneLine(from)} → ${oneLine(to) || "nothing"}`;

const oneLine = (text: string) => text.trim().replace(/\s+/g, " ");

async function copyOfRepository(): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "phone-pool-mutants-" });
  for (const name of COPIED) {
    await cp(inRoot(name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  await symlink(inRoot("node_modules"), join(copy, "node_modules"));
  return copy;
}

/** @throws {Error} when the text to change is not there once: the list is out of date */
async function isNoticedIn(copy: string, mutant: Mutant, serverUrl: string): Promise<boolean> {
  const path = join(copy, mutant.file);
  const text = await Deno.readTextFile(path);
  if (text.split(mutant.from).length !== 2) {
    throw new Error(`${mutant.file} does not have "${oneLine(mutant.from)}" once`);
  }
  await Deno.writeTextFile(path, text.replace(mutant.from, () => mutant.to));
  try {
    if (mutant.file.endsWith(".sql")) await deno(copy, ["run", "-A", "tests/schema/migration.ts"]);
    const tests = ["test", "-A", "--no-check", "--quiet", "--fail-fast", ...mutant.tests];
    return !(await deno(copy, tests, { [SERVER_VARIABLE]: serverUrl }));
  } finally {
    await Deno.writeTextFile(path, text);
  }
}

async function deno(cwd: string, args: string[], env = {}): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

if (import.meta.main) await runCommand(COMMAND, mutants);
