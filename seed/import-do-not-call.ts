/**
 * `npm run import-do-not-call -- <file.csv> [--organization <id>]`: numbers that nobody may call, or
 * with --organization that this organization may not.
 */
import { z } from "zod";
import { createDatabase } from "../functions/_shared/database.ts";
import { type CommandLine, UsageError } from "../supabase/command-line/command-line.ts";
import { value } from "../supabase/command-line/options.ts";
import { projectOptions, readApiTarget, variablesFor } from "../supabase/command-line/project.ts";
import { runCommand } from "../supabase/command-line/run.ts";
import { importDoNotCall } from "./do-not-call/import-lines.ts";
import { tell } from "./import/report.ts";

export const COMMAND = {
  name: "npm run import-do-not-call",
  about: `Numbers that nobody may call. The file has a heading: phone_number, and organization_id
and reason if wanted. Prints the lines that were not imported and why; exits with 1
if there are any, with 2 when nothing could be imported.`,
  options: {
    organization: value(
      "ID",
      "lines without an organization_id count for this one,\nnot for all",
      z.guid("is not a UUID"),
    ),
    ...projectOptions,
  },
  operands: { name: "<file.csv>", least: 1, most: 1 },
  variables: variablesFor("SUPABASE_URL", "SUPABASE_SECRET_KEY"),
  failure: 2,
};

async function run(
  { options, operands: [file = ""] }: CommandLine<typeof COMMAND.options>,
): Promise<number> {
  const csv = await Deno.readTextFile(file).catch(() => {
    throw new UsageError(`${file}: there is no such file, or it cannot be read`);
  });
  const target = await readApiTarget(options);
  console.log(`Importing into ${target.name}`);
  const report = await importDoNotCall(csv, {
    call: createDatabase(target.url, target.secretKey, 60_000),
    organizationId: options.organization ?? null,
    recordedBy: `import of ${file.split("/").at(-1)}`,
  });
  const { summary, problems, exit } = tell(report, {
    added: "numbers imported",
    known: "known before",
  });
  problems.forEach((problem) => console.error(problem));
  console.log(summary);
  return exit;
}

if (import.meta.main) await runCommand(COMMAND, run);
