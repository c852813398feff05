/** `npm run import-numbers -- <file.csv> [--dry-run] [--lookup]`: numbers that are at Telnyx already. */
import { createCarrierClient } from "../functions/_shared/carrier-client.ts";
import { createDatabase } from "../functions/_shared/database.ts";
import { type CommandLine, UsageError } from "../supabase/command-line/command-line.ts";
import { flag } from "../supabase/command-line/options.ts";
import {
  type ApiTarget,
  projectOptions,
  readApiTarget,
  variablesFor,
} from "../supabase/command-line/project.ts";
import { runCommand } from "../supabase/command-line/run.ts";
import { telnyxOf } from "./buy-pool/config.ts";
import { tell } from "./import/report.ts";
import { importNumbers, type Lookup } from "./numbers/import-numbers.ts";

export const COMMAND = {
  name: "npm run import-numbers",
  about: `Numbers of your Telnyx account come into the pool, each with its organization: the one
that the line names, or the one whose phone has its digits. The file has a heading: phone_number,
telnyx_phone_number_id, and organization_id if wanted. Prints the lines that were not imported and
why; exits with 1 if there are any, with 2 when nothing could be imported. Safe to repeat.`,
  options: {
    "dry-run": flag("try every line, keep none"),
    lookup: flag("ask Telnyx for the ids that are missing"),
    ...projectOptions,
  },
  operands: { name: "<file.csv>", least: 1, most: 1 },
  variables: {
    ...variablesFor("SUPABASE_URL", "SUPABASE_SECRET_KEY"),
    TELNYX_API_KEY: "for --lookup",
  },
  failure: 2,
};

const WORDS = {
  assigned: "numbers imported with their organization",
  available: "into the pool",
  suspended: "held back until their line was seen",
  known: "known before",
};

async function run(
  { options, operands: [file = ""] }: CommandLine<typeof COMMAND.options>,
): Promise<number> {
  const csv = await Deno.readTextFile(file).catch(() => {
    throw new UsageError(`${file}: there is no such file, or it cannot be read`);
  });
  const target = await readApiTarget(options);
  const isDryRun = options["dry-run"];
  console.log(`${isDryRun ? "Trying, for" : "Importing into"} ${target.name}`);
  const report = await importNumbers(csv, {
    call: createDatabase(target.url, target.secretKey, 60_000),
    isDryRun,
    lookup: options.lookup ? createLookup(target) : undefined,
  });
  const { summary, problems, exit } = tell(report, WORDS);
  problems.forEach((problem) => console.error(problem));
  console.log(`${summary}${isDryRun ? " (a dry run: nothing is kept)" : ""}`);
  return exit;
}

function createLookup(target: ApiTarget): Lookup {
  const telnyx = telnyxOf(target);
  if (!telnyx) throw new Error("--lookup: TELNYX_API_KEY is missing");
  const { numbers } = createCarrierClient(telnyx);
  return async (phoneNumber) => (await numbers.find(phoneNumber))?.id ?? null;
}

if (import.meta.main) await runCommand(COMMAND, run);
