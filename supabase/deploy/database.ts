import pg from "pg";
import type { z } from "zod";

/** The project's database, as role postgres. */
export interface Database extends AsyncDisposable {
  rows<Schema extends z.ZodType>(
    schema: Schema,
    sql: string,
    parameters?: unknown[],
  ): Promise<z.output<Schema>[]>;
  /** The first row. */
  row<Schema extends z.ZodType>(
    schema: Schema,
    sql: string,
    parameters?: unknown[],
  ): Promise<z.output<Schema>>;
  run(sql: string, parameters?: unknown[]): Promise<void>;
}

/** Nobody who writes to a live table waits longer than this for us. */
export const LOCK_TIMEOUT = "150ms";
const LOCK_ATTEMPTS = 40;

export async function connectDatabase(url: string): Promise<Database> {
  const client = new pg.Client({
    connectionString: withTls(url),
    application_name: "phone-pool deploy",
    connectionTimeoutMillis: 15_000,
  });
  client.on("error", () => {});
  await client.connect().catch((error: Error) => {
    throw new Error(
      `SUPABASE_DB_URL: no connection to the database: ${error.message}\n` +
        "  → copy it again: Connect → Session pooler, with the password",
    );
  });
  await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
  const rows: Database["rows"] = async (schema, sql, parameters) =>
    (await client.query(sql, parameters)).rows.map((row) => schema.parse(row));
  return {
    rows,
    async row(schema, sql, parameters) {
      const [first] = await rows(schema, sql, parameters);
      if (first === undefined) throw new Error("The database returned no row");
      return first;
    },
    async run(sql, parameters) {
      await client.query(sql, parameters);
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/**
 * Off this machine the connection is encrypted, as `psql` does it for sslmode=require: Supabase's
 * certificates are signed by an authority of its own. sslmode in the URL decides otherwise.
 */
export function withTls(connectionString: string): string {
  const url = new URL(connectionString);
  if (isLocal(url) || url.searchParams.has("sslmode")) return connectionString;
  url.searchParams.set("sslmode", "require");
  url.searchParams.set("uselibpqcompat", "true");
  return url.href;
}

const isLocal = (url: URL) => ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);

/** For the CLI: the URL without its password, which an argument would show to the whole machine. */
export function forCli(connectionString: string): { url: string; env: Record<string, string> } {
  const url = new URL(connectionString);
  const env: Record<string, string> = {
    PGPASSWORD: decodeURIComponent(url.password),
    // Creating a trigger or a foreign key waits for writers of that table, and while it waits, new
    // writers queue behind it: give up quickly and try again.
    PGOPTIONS: `-c lock_timeout=${LOCK_TIMEOUT}`,
  };
  const sslMode = url.searchParams.get("sslmode") ?? (isLocal(url) ? undefined : "require");
  if (sslMode) env.PGSSLMODE = sslMode;
  const authority = url.searchParams.get("sslrootcert");
  if (authority) env.PGSSLROOTCERT = authority;
  url.password = "";
  url.search = "";
  return { url: url.href, env };
}

/** Repeats what gave up a lock (55P03), with growing pauses; other failures at once. */
export async function untilUnlocked<T>(
  attempt: () => Promise<T>,
  isLocked: (error: unknown) => boolean,
  onRetry: (attempt: number) => void = () => {},
): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLocked(error) || tries === LOCK_ATTEMPTS) throw error;
      onRetry(tries);
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * tries, 2000)));
    }
  }
}

export const isLockTimeout = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === "55P03";
