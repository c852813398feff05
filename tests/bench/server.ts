import pg from "pg";
import { createCluster, databaseUrl, startCluster } from "../../supabase/local/postgres/cluster.ts";
import { freePort } from "../../supabase/local/stack/free-port.ts";
import { createReaper } from "../../supabase/local/stack/reaper.ts";
import { ensureTemplate } from "../support/template.ts";
import { loadPool, type PoolSize } from "./pool.ts";

/** A server that keeps its promises: commits are flushed, as in production. */
const DURABLE = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  wal_level: "replica",
  max_wal_size: "4GB",
  statement_timeout: "0",
};

export interface BenchDatabase extends AsyncDisposable {
  url: string;
  /** As a superuser, who may write what only functions may write otherwise. */
  connect(): Promise<pg.Client>;
}

export interface BenchServer extends AsyncDisposable {
  version: string;
  /** A database of its own with that pool; loaded once for each size, then cloned. */
  database(size: PoolSize): Promise<BenchDatabase>;
}

/** The server at this URL (a superuser's), or an embedded one that ends with this process. */
export async function startBenchServer(given?: string): Promise<BenchServer> {
  const reaper = createReaper();
  const adminUrl = given ?? await startEmbedded(reaper);
  const admin = await open(adminUrl);
  const made: string[] = [];
  const create = async (template: string): Promise<string> => {
    const name = `phone_pool_bench_${crypto.randomUUID().slice(0, 8)}`;
    await admin.query(`create database ${name} template ${template} strategy file_copy`);
    made.push(name);
    return name;
  };
  const drop = (name: string) => admin.query(`drop database if exists ${name} with (force)`);
  const loaded = new Map<string, Promise<string>>();
  const load = async (size: PoolSize) => {
    const name = await create(await ensureTemplate(adminUrl, "migrations"));
    const client = await open(inDatabase(adminUrl, name));
    await loadPool(client, size);
    await client.end();
    return name;
  };
  return {
    version: String((await admin.query("show server_version")).rows[0]?.server_version),
    async database(size) {
      const key = JSON.stringify(size);
      if (!loaded.has(key)) loaded.set(key, load(size));
      const name = await create(await loaded.get(key)!);
      const url = inDatabase(adminUrl, name);
      return {
        url,
        connect: () => open(url),
        [Symbol.asyncDispose]: async () => void await drop(name),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const name of made) await drop(name);
      await admin.end();
      await reaper.close();
    },
  };
}

async function startEmbedded(reaper: ReturnType<typeof createReaper>): Promise<string> {
  const cluster = await createCluster(undefined, DURABLE);
  const logFile = `${cluster.directory}.log`;
  reaper.removeAtEnd(cluster.directory);
  reaper.removeAtEnd(logFile);
  const port = freePort();
  reaper.watch(await startCluster(cluster, port, logFile));
  return databaseUrl("supabase_admin", port);
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  return client;
}

function inDatabase(url: string, database: string): string {
  const result = new URL(url);
  result.pathname = `/${database}`;
  return result.href;
}
