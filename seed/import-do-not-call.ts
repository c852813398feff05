/**
 * `npm run import-do-not-call -- <file.csv> [--organization <id>]`: numbers that nobody may call, or
 * with --organization that this organization may not.
 */
import { parseArgs } from "node:util";
import { createDatabase } from "../functions/_shared/database.ts";
import { readConnection } from "./buy-pool/config.ts";
import { importDoNotCall } from "./do-not-call/import-lines.ts";
import { isUuid } from "./import/fields.ts";
import { tell } from "./import/report.ts";

const USAGE = `npm run import-do-not-call -- <file.csv> [--organization=ID]

Numbers that nobody may call. The file has a heading: phone_number, and organization_id and reason if
wanted. Prints the lines that were not imported and why; exits with 1 if there are any, with 2 when
nothing could be imported.

  --organization=ID  lines without an organization_id count for this one, not for all
  --help             this text

Into the local stack (npm start) if it runs, else the project of SUPABASE_URL and SUPABASE_SECRET_KEY.`;

async function main(args: string[]): Promise<number> {
  const { values: { organization, help }, positionals } = parseArgs({
    args,
    options: { organization: { type: "string" }, help: { type: "boolean" } },
    allowPositionals: true,
  });
  if (help) return console.log(USAGE), 0;
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(USAGE);
  if (organization !== undefined && !isUuid(organization)) {
    throw new Error("--organization is not a UUID");
  }
  const csv = await Deno.readTextFile(file);
  const { name, url, secretKey } = await readConnection();
  console.log(`Importing into ${name}`);
  const report = await importDoNotCall(csv, {
    call: createDatabase(url, secretKey, 60_000),
    organizationId: organization ?? null,
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

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(2);
  }
}
