import pg from "pg";
import { projectOptions, readDatabaseTarget, variablesFor } from "../command-line/project.ts";
import { flag, type Given } from "../command-line/options.ts";
import { withTls } from "../deploy/database.ts";
import { readStatus } from "./read.ts";
import { renderStatus } from "./table.ts";

export const COMMAND = {
  name: "npm run status",
  about: `How the pool is: health, alerts and the last orders. Exits with 0 while it is healthy or
low, 1 when it is empty or stalled, 2 when it cannot be read.`,
  options: {
    json: flag("the same as JSON, for programs"),
    watch: flag("again every two seconds, until Ctrl-C"),
    ...projectOptions,
  },
  variables: variablesFor("SUPABASE_DB_URL"),
  failure: 2,
};

export interface StatusDependencies {
  environment?: Record<string, string>;
  write?: (text: string) => void;
  /** Where the target is named when the text is for a program. */
  report?: (text: string) => void;
}

/**
 * Shows how the pool is; returns the exit code.
 * @throws {Error} when it cannot be read
 */
export async function runStatus(
  options: Given<typeof COMMAND.options>,
  { environment, write = console.log, report = console.error }: StatusDependencies = {},
): Promise<number> {
  const { name, url } = await readDatabaseTarget(options, environment);
  const { json, watch } = options;
  if (json) report(`Of ${name}`);
  const heading = json ? "" : `Of ${name}\n\n`;
  const client = await open(url);
  const show = async (prefix = "") => {
    const status = await readStatus(client);
    const text = json ? JSON.stringify(status, null, 2) : renderStatus(status, new Date());
    write(`${json ? "" : prefix}${heading}${text}`);
    return ["empty", "stalled"].includes(status.health.status) ? 1 : 0;
  };
  try {
    if (!watch) return await show();
    // Until the process is ended, or the database is gone.
    while (true) {
      await show("\x1b[2J\x1b[H");
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  } finally {
    await client.end();
  }
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: withTls(url),
    application_name: "phone-pool status",
    connectionTimeoutMillis: 15_000,
    statement_timeout: 15_000,
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}
