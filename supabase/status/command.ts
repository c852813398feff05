import { parseArgs } from "node:util";
import pg from "pg";
import { withTls } from "../deploy/database.ts";
import { stackDirectory } from "../local/stack/plan.ts";
import { readSettings } from "../local/stack/settings.ts";
import { isAlive } from "../local/stack/process.ts";
import { readStackFile } from "../local/stack/stack-file.ts";
import { readStatus } from "./read.ts";
import { renderStatus } from "./table.ts";

export const USAGE = `npm run status [-- options]

  --json     the same as JSON, for programs
  --watch    again every two seconds, until Ctrl-C
  --help     this text

Reads the database of DATABASE_URL, else the local stack's (npm start).
Exits with 0 while the pool is healthy or low, 1 when it is empty or stalled, 2 when it cannot be read.`;

export interface StatusDependencies {
  environment?: Record<string, string>;
  write?: (text: string) => void;
}

/** Shows how the pool is; returns the exit code. */
export async function runStatus(
  args: string[],
  { environment = Deno.env.toObject(), write = console.log }: StatusDependencies = {},
): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.help) {
      write(USAGE);
      return 0;
    }
    const client = await open(environment);
    try {
      return options.watch
        ? await watch(client, options.json, write)
        : await show(client, options.json, write);
    } finally {
      await client.end();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
}

function readOptions(args: string[]) {
  return parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      watch: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  }).values;
}

async function open(environment: Record<string, string>): Promise<pg.Client> {
  const stack = await readStackFile(stackDirectory(readSettings(environment)));
  // One that was killed has left its file behind.
  const url = environment.DATABASE_URL || (stack && isAlive(stack.pid) ? stack.db_url : undefined);
  if (!url) throw new Error("No stack is up here: npm start, or set DATABASE_URL.");
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

async function show(client: pg.Client, json: boolean, write: (text: string) => void) {
  const status = await readStatus(client);
  write(json ? JSON.stringify(status, null, 2) : renderStatus(status, new Date()));
  return ["empty", "stalled"].includes(status.health.status) ? 1 : 0;
}

/** Until the process is ended, or the database is gone. */
async function watch(
  client: pg.Client,
  json: boolean,
  write: (text: string) => void,
): Promise<never> {
  while (true) {
    await show(client, json, (text) => write(json ? text : `\x1b[2J\x1b[H${text}`));
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
