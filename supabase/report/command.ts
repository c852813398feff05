import { resolve } from "node:path";
import pg from "pg";
import { z } from "zod";
import type { Given } from "../command-line/options.ts";
import { value } from "../command-line/options.ts";
import { projectOptions, readDatabaseTarget, variablesFor } from "../command-line/project.ts";
import { withTls } from "../deploy/database.ts";
import { VERSION } from "../../functions/_shared/version.ts";
import { page, type Section } from "./page.ts";
import { QUERIES } from "./queries.ts";

export const COMMAND = {
  name: "npm run report",
  about: `The last 30 days as one HTML page that needs nothing else: pool level, registrations,
spending, calls, numbers, drift, Telnyx, alerts. Counts and money; no phone number, no clinic.`,
  options: {
    output: value("FILE", "where to write it; phone-pool-report.html when left out"),
    ...projectOptions,
  },
  variables: variablesFor("SUPABASE_DB_URL"),
};

const figure = z.union([z.string(), z.number()]).nullable();
const row = z.record(z.string(), figure);

/** The sections with their rows, and the clock that they were read by. */
export async function readReport(client: pg.Client): Promise<{ sections: Section[]; at: string }> {
  const sections: Section[] = [];
  for (const query of QUERIES) {
    const { rows } = await client.query(query.sql);
    sections.push({ ...query, rows: rows.map((found) => row.parse(found)) });
  }
  const clock = await client.query(
    `select to_char(phone_pool.clock() at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as at`,
  );
  return { sections, at: z.object({ at: z.string() }).parse(clock.rows[0]).at };
}

export const render = ({ sections, at }: Awaited<ReturnType<typeof readReport>>): string =>
  page("phone-pool: the last 30 days", `Until ${at}, version ${VERSION}.`, sections);

/** Writes the page. Returns the exit code. */
export async function runReport(
  options: Given<typeof COMMAND.options>,
  environment?: Record<string, string>,
  say: (line: string) => void = console.log,
): Promise<number> {
  const { name, url } = await readDatabaseTarget(options, environment);
  say(`Of ${name}`);
  const client = new pg.Client({
    connectionString: withTls(url),
    application_name: "phone-pool report",
    connectionTimeoutMillis: 15_000,
    statement_timeout: 60_000,
  });
  client.on("error", () => {});
  await client.connect();
  try {
    const file = resolve(options.output ?? "phone-pool-report.html");
    await Deno.writeTextFile(file, render(await readReport(client)));
    say(`Written: ${file}`);
    return 0;
  } finally {
    await client.end();
  }
}
