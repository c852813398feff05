import { z } from "zod";
import { value } from "../../supabase/command-line/options.ts";
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

/** Names the server to a command: never a variable, which may point at something real. */
export const serverOption = value(
  "URL",
  "a server of your own, as a superuser: roles and databases\nare created there",
  z.url({ protocol: /^postgres(ql)?$/, error: "is not postgresql://…" }),
);

/**
 * The server for this test run: the one given, or one of our own in the temp directory. That one
 * ends with this process, however it ends: the reaper sees to it.
 */
export async function startTestServer(given?: string): Promise<TestServer> {
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
        "Roles and databases are created there: the server's URL must be a superuser's",
      );
    }
  } finally {
    await client.end();
  }
}
