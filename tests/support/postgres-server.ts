import { connect } from "../../supabase/local/postgres/connect.ts";
import { createCluster, databaseUrl, startCluster } from "../../supabase/local/postgres/cluster.ts";
import { freePort } from "../../supabase/local/stack/free-port.ts";
import { createReaper } from "../../supabase/local/stack/reaper.ts";

/** Where the test runner tells test files of the server that it started: a superuser's URL. */
export const SERVER_VARIABLE = "PHONE_POOL_TEST_DATABASE_URL";

export interface TestServer {
  /** A superuser's URL. */
  adminUrl: string;
  stop(): Promise<void>;
}

/**
 * The server for this test run: the runner's, else the one of DATABASE_URL, else one of our own in
 * the temp directory. That one ends with this process, however it ends: the reaper sees to it.
 */
export async function startTestServer(): Promise<TestServer> {
  const given = Deno.env.get(SERVER_VARIABLE) ?? Deno.env.get("DATABASE_URL");
  if (given) {
    await requireSuperuser(given);
    return { adminUrl: given, stop: () => Promise.resolve() };
  }
  const reaper = createReaper();
  const cluster = await createCluster(undefined, {}, reaper.removeAtEnd);
  const logFile = `${cluster.directory}.log`;
  reaper.removeAtEnd(logFile);
  const port = freePort();
  const process = await startCluster(cluster, port, logFile, reaper.watch);
  const adminUrl = databaseUrl("supabase_admin", port);
  // Without the runner, the other files of one `deno test` find this server here: they share the
  // process, and the reaper lives as long as that.
  Deno.env.set(SERVER_VARIABLE, adminUrl);
  return {
    adminUrl,
    async stop() {
      Deno.env.delete(SERVER_VARIABLE);
      await process.stop("SIGINT");
      await reaper.close();
    },
  };
}

async function requireSuperuser(url: string): Promise<void> {
  const client = await connect(url);
  try {
    const { rows: [found] } = await client.query<{ superuser: boolean; kinder: boolean }>(
      `select (select rolsuper from pg_roles where rolname = current_user) as superuser,
         exists (select from pg_roles where rolname = 'postgres' and rolsuper) as kinder`,
    );
    if (found?.kinder) {
      throw new Error(
        "Role postgres is a superuser on this server, on the platform it is none: " +
          "use one made by initdb --username=supabase_admin",
      );
    }
    if (!found?.superuser) {
      throw new Error(
        "The tests create roles and databases: the URL in DATABASE_URL must be a superuser's",
      );
    }
  } finally {
    await client.end();
  }
}
