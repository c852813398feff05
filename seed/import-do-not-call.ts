/**
 * `npm run import-do-not-call -- <file.csv> [--organization <id>]`: numbers that nobody may call, or
 * with --organization that this organization may not. The file has a heading: phone_number, and
 * organization_id and reason if wanted. Prints the lines that were not imported and why; exits 1 if
 * there are any.
 *
 * Asks the project of SUPABASE_URL with SUPABASE_SECRET_KEYS, or the local stack (.local/stack.json).
 */
import { databaseShape, readConfig, secretKeys } from "../functions/_shared/config.ts";
import { type CallDatabase, createDatabase } from "../functions/_shared/database.ts";
import { z } from "zod";
import { importDoNotCall } from "./do-not-call/import-lines.ts";

const stackFile = z.object({ api_url: z.url(), secret_key: z.string() });

async function openDatabase(): Promise<CallDatabase> {
  if (Deno.env.get("SUPABASE_URL")) {
    const config = readConfig(databaseShape);
    return createDatabase(config.SUPABASE_URL, secretKeys(config)[0], 60_000);
  }
  const text = await Deno.readTextFile(new URL("../.local/stack.json", import.meta.url)).catch(
    () => {
      throw new Error("Set SUPABASE_URL and SUPABASE_SECRET_KEYS, or start the local stack");
    },
  );
  const { api_url, secret_key } = stackFile.parse(JSON.parse(text));
  return createDatabase(api_url, secret_key, 60_000);
}

async function main([file, option, organization]: string[]): Promise<number> {
  const isKnown = option === undefined || (option === "--organization" && organization);
  if (!file || !isKnown) {
    console.error("Usage: npm run import-do-not-call -- <file.csv> [--organization <id>]");
    return 2;
  }
  const { imported, bad } = await importDoNotCall(await Deno.readTextFile(file), {
    call: await openDatabase(),
    organizationId: organization ?? null,
    recordedBy: `import of ${file.split("/").at(-1)}`,
  });
  for (const { line, problem } of bad) console.error(`line ${line}: ${problem}`);
  console.log(`${imported} numbers imported, ${bad.length} lines not`);
  return bad.length === 0 ? 0 : 1;
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
