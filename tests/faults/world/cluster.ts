import pg from "pg";
import { connect, withClient } from "../../../supabase/local/postgres/connect.ts";
import {
  createCluster,
  databaseUrl,
  PASSWORD,
  startCluster,
} from "../../../supabase/local/postgres/cluster.ts";
import { freePort } from "../../../supabase/local/stack/free-port.ts";
import { createReaper } from "../../../supabase/local/stack/reaper.ts";
import { ensureTemplate } from "../../support/template.ts";

/** A Postgres that runs have databases on. */
export interface Cluster {
  /** A new database with all migrations; its name. */
  createDatabase(): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  url(role: string, database: string): string;
}

/** A Postgres of our own, which may be killed. */
export interface CrashableCluster extends Cluster {
  /** Kills one backend: Postgres ends all of them and recovers from its log. */
  killBackend(database: string): Promise<void>;
  /** Kills the whole server in the middle of whatever it does, and starts it again. */
  killServer(): Promise<void>;
  stop(): Promise<void>;
}

export const isCrashable = (cluster: Cluster): cluster is CrashableCluster =>
  "killServer" in cluster;

/** The server of this test run, which many runs share. */
export async function sharedCluster(adminUrl: string): Promise<Cluster> {
  return databasesOn(adminUrl, await ensureTemplate(adminUrl, "migrations"));
}

function databasesOn(adminUrl: string, template: string): Cluster {
  return {
    url(role, database) {
      const url = new URL(adminUrl);
      if (url.username !== role) {
        url.username = role;
        url.password = PASSWORD;
      }
      url.pathname = `/${database}`;
      return url.href;
    },
    async createDatabase() {
      const name = `faults_${crypto.randomUUID().slice(0, 8)}`;
      await withClient(
        adminUrl,
        (client) =>
          client.query(
            `create database ${name} template ${template} strategy file_copy owner postgres`,
          ),
      );
      return name;
    },
    async dropDatabase(name) {
      await withClient(
        adminUrl,
        (client) => client.query(`drop database ${name} with (force)`),
      );
    },
  };
}

export async function startCrashableCluster(): Promise<CrashableCluster> {
  const reaper = createReaper();
  const cluster = await createCluster(undefined, {}, reaper.removeAtEnd);
  const logFile = `${cluster.directory}.log`;
  reaper.removeAtEnd(logFile);
  const port = freePort();
  let process = await startCluster(cluster, port, logFile, reaper.watch);
  const admin = databaseUrl("supabase_admin", port);
  const databases = databasesOn(admin, await ensureTemplate(admin, "migrations"));

  return {
    ...databases,
    async killBackend(database) {
      const client = await connect(databases.url("supabase_admin", database));
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
