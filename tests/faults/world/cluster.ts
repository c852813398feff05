import pg from "pg";
import { connect, withClient } from "../../../supabase/local/postgres/connect.ts";
import {
  createCluster,
  databaseUrl,
  startCluster,
} from "../../../supabase/local/postgres/cluster.ts";
import { freePort } from "../../../supabase/local/stack/free-port.ts";
import { createReaper } from "../../../supabase/local/stack/reaper.ts";
import { ensureTemplate } from "../../support/template.ts";

/** A Postgres of our own, which may be killed. */
export interface CrashableCluster {
  /** A new database with all migrations; its name. */
  createDatabase(): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  url(role: string, database: string): string;
  /** Kills one backend: Postgres ends all of them and recovers from its log. */
  killBackend(database: string): Promise<void>;
  /** Kills the whole server in the middle of whatever it does, and starts it again. */
  killServer(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCrashableCluster(): Promise<CrashableCluster> {
  const reaper = createReaper();
  const cluster = await createCluster(undefined, {}, reaper.removeAtEnd);
  const logFile = `${cluster.directory}.log`;
  reaper.removeAtEnd(logFile);
  const port = freePort();
  let process = await startCluster(cluster, port, logFile, reaper.watch);
  const admin = databaseUrl("supabase_admin", port);
  const template = await ensureTemplate(admin, "migrations");
  const url = (role: string, database: string) => databaseUrl(role, port, database);

  return {
    url,
    async createDatabase() {
      const name = `faults_${crypto.randomUUID().slice(0, 8)}`;
      await withClient(
        admin,
        (client) => client.query(`create database ${name} template ${template} owner postgres`),
      );
      return name;
    },
    async dropDatabase(name) {
      await withClient(admin, (client) => client.query(`drop database ${name} with (force)`));
    },
    async killBackend(database) {
      const client = await connect(url("supabase_admin", database));
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() limit 1`,
      );
      Deno.kill(rows[0]?.pid ?? await pidOf(client), "SIGKILL");
      await client.end().catch(() => {});
      await answers(admin);
    },
    async killServer() {
      // What is called an immediate shutdown: no checkpoint, no goodbye.
      Deno.kill(process.pid, "SIGQUIT");
      await process.exited;
      process = await startCluster(cluster, port, logFile, reaper.watch);
    },
    async stop() {
      await process.stop("SIGINT");
      await reaper.close();
    },
  };
}

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid ?? 0;
}

/** Waits until the server has recovered. */
async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (true) {
    try {
      return await withClient(url, async (client) => void await client.query("select 1"));
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
