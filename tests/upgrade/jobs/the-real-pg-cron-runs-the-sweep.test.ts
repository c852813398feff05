import { assert } from "../../support/assert.ts";
import { connect, withClient } from "../../../supabase/local/postgres/connect.ts";
import { bootstrap } from "../../../supabase/local/postgres/bootstrap.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { findDebianPostgres, startDebianPostgres } from "../../versions/debian-postgres.ts";

// Waits for a minute to begin: only when tests/versions/run.ts asks.
const isAsked = Deno.env.has("PHONE_POOL_TEST_VERSIONS");
const postgres = isAsked ? findDebianPostgres().find(({ hasCron }) => hasCron) : undefined;

/** pg_cron's smallest interval is a minute; a job may wait that long for its turn. */
const PATIENCE = 75_000;

Deno.test({
  name: "Debian's own pg_cron takes the jobs of the migrations and runs the sweep",
  ignore: postgres === undefined,
  fn: async () => {
    if (!postgres) return;
    const server = await startDebianPostgres(postgres, { cron: true });
    try {
      await withClient(server.url, async (superuser) => {
        // As the platform does it: postgres may schedule, but owns nothing in cron.
        await bootstrap(superuser);
        await superuser.query("create extension pg_cron");
        await superuser.query(
          `grant usage on schema cron to postgres;
           grant execute on all functions in schema cron to postgres;
           grant select on cron.job, cron.job_run_details to postgres`,
        );
      });
      const url = new URL(server.url);
      url.username = "postgres";
      const client = await connect(url.href);
      for await (const sql of migrations()) await client.query(sql);
      await untilSwept(client);
      await client.end();
    } finally {
      await server.stop();
    }
  },
});

async function* migrations(): AsyncGenerator<string> {
  const names = [];
  for await (const { name } of Deno.readDir(inRoot("migrations"))) {
    if (name.endsWith(".sql")) names.push(name);
  }
  for (const name of names.sort()) yield await Deno.readTextFile(inRoot("migrations", name));
}

async function untilSwept(client: Awaited<ReturnType<typeof connect>>): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  let last: unknown;
  while (Date.now() < deadline) {
    const { rows } = await client.query<{ status: string }>(
      `select d.status, d.return_message from cron.job_run_details d join cron.job j using (jobid)
       where j.jobname = 'phone-pool-sweep'`,
    );
    last = rows;
    if (rows.some(({ status }) => status === "succeeded")) return;
    assert(!rows.some(({ status }) => status === "failed"), JSON.stringify(rows));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`pg_cron has not run the sweep: ${JSON.stringify(last)}`);
}
