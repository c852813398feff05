/** `npm run migration -- <name>`: the migration that makes what is released into migrations/schema. */
import { z } from "zod";
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { UsageError } from "../../supabase/command-line/command-line.ts";
import { value } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { ROOT } from "../../supabase/local/stack/paths.ts";
import { writeAll } from "./migration/build.ts";
import { readReleased, release } from "./migration/released.ts";

export const COMMAND = {
  name: "npm run migration",
  about: `Writes the migration that brings a project to what migrations/schema says.
Before the first release: all of it, as one file, and attach. From then on: what has changed since,
by "supabase db diff", as a file to read and to complete.`,
  options: {
    release: value(
      "version",
      "write down that the migrations of now are those of this release",
      z.string().regex(/^\d+\.\d+\.\d+$/, "is not a version, such as 1.0.0"),
    ),
  },
  operands: { name: "[name_of_the_change]", least: 0, most: 1 },
  isSimulated: true,
};

async function run({ options, operands }: CommandLine<typeof COMMAND.options>): Promise<number> {
  if (options.release) {
    const added = await release(ROOT, options.release);
    console.log(`${options.release}: ${added.length} migrations in migrations/released.txt`);
    return 0;
  }
  if ((await readReleased(ROOT)).length === 0) {
    for (const file of await writeAll(ROOT, new Date())) console.log(`migrations/${file}`);
    return 0;
  }
  const [name] = operands;
  if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new UsageError("name the change: npm run migration -- add_a_setting");
  }
  // Only here: it starts a PostgreSQL server.
  const { writeDifference } = await import("./migration/difference.ts");
  const { file, missing } = await writeDifference(ROOT, name, new Date());
  console.log(`migrations/${file}: read it before you commit it`);
  if (missing.length === 0) return 0;
  console.log("It leaves out what you have to write into it by hand:");
  for (const line of missing) console.log(`  ${line}`);
  return 1;
}

if (import.meta.main) await runCommand(COMMAND, run);
