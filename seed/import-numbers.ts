/** `npm run import-numbers -- <file.csv> [--dry-run] [--lookup]`: numbers that are at Telnyx already. */
import { parseArgs } from "node:util";
import { createCarrierClient } from "../functions/_shared/carrier-client.ts";
import { createDatabase } from "../functions/_shared/database.ts";
import { type Connection, readConnection } from "./buy-pool/config.ts";
import { tell } from "./import/report.ts";
import { importNumbers, type Lookup } from "./numbers/import-numbers.ts";

const USAGE = `npm run import-numbers -- <file.csv> [options]

Numbers of your Telnyx account come into the pool, each with its organization: the one that the line
names, or the one whose phone has its digits. The file has a heading: phone_number,
telnyx_phone_number_id, and organization_id if wanted. Prints the lines that were not imported and why;
exits with 1 if there are any, with 2 when nothing could be imported. Safe to repeat.

  --dry-run   try every line, keep none
  --lookup    ask Telnyx for the ids that are missing; TELNYX_API_KEY is needed
  --help      this text

Into the local stack (npm start) if it runs, else the project of SUPABASE_URL and SUPABASE_SECRET_KEY.`;

const WORDS = {
  assigned: "numbers imported with their organization",
  available: "into the pool",
  known: "known before",
};

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      "dry-run": { type: "boolean", default: false },
      lookup: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(USAGE), 0;
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(USAGE);
  const csv = await Deno.readTextFile(file);
  const connection = await readConnection();
  const isDryRun = values["dry-run"];
  console.log(`${isDryRun ? "Trying, for" : "Importing into"} ${connection.name}`);
  const report = await importNumbers(csv, {
    call: createDatabase(connection.url, connection.secretKey, 60_000),
    isDryRun,
    lookup: values.lookup ? createLookup(connection) : undefined,
  });
  const { summary, problems, exit } = tell(report, WORDS);
  problems.forEach((problem) => console.error(problem));
  console.log(`${summary}${isDryRun ? " (a dry run: nothing is kept)" : ""}`);
  return exit;
}

function createLookup({ telnyx }: Connection): Lookup {
  if (!telnyx) throw new Error("--lookup: TELNYX_API_KEY is not set");
  return createCarrierClient(telnyx).findOwned;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(2);
  }
}
