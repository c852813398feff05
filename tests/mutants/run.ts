/**
 * `npm run mutants`: makes the code wrong in one small way at a time, in a copy of the repository,
 * and runs the tests that must notice. What no test notices is told by its name.
 */
import { z } from "zod";
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { value, wholeNumber } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { startTestServer } from "../support/postgres-server.ts";
import { createCopy } from "./copy.ts";
import { describe, type Mutant } from "./mutant.ts";
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

const LEAST_NOTICED = 0.95;

async function mutants({ options }: CommandLine<typeof COMMAND.options>): Promise<number> {
  const { only, lanes = 2 } = options;
  const chosen = MUTANTS.filter((mutant) => !only || describe(mutant).includes(only));
  if (chosen.length === 0) throw new Error(`No mutant contains "${only}"`);
  const survivors: Mutant[] = [];
  const waiting = chosen.entries();
  const tell = (index: number, mutant: Mutant, isNoticed: boolean) => {
    if (!isNoticed) survivors.push(mutant);
    const result = isNoticed ? "noticed " : "SURVIVED";
    console.log(`${index + 1}/${chosen.length} ${result} ${describe(mutant)}`);
  };
  await Promise.all(Array.from({ length: lanes }, () => lane(waiting, tell)));
  const noticed = chosen.length - survivors.length;
  const score = noticed / chosen.length;
  console.log(`\n${noticed} of ${chosen.length} noticed (${(100 * score).toFixed(1)} %)`);
  for (const mutant of survivors) console.log(`  survived: ${describe(mutant)}`);
  return score >= LEAST_NOTICED ? 0 : 1;
}

/** One after the other, on a server of its own: two schemas would drop each other's templates. */
async function lane(
  waiting: Iterable<[number, Mutant]>,
  tell: (index: number, mutant: Mutant, isNoticed: boolean) => void,
): Promise<void> {
  const server = await startTestServer();
  try {
    await using copy = await createCopy(server.adminUrl);
    for (const [index, mutant] of waiting) tell(index, mutant, await copy.isNoticed(mutant));
  } finally {
    await server.stop();
  }
}

if (import.meta.main) await runCommand(COMMAND, mutants);
