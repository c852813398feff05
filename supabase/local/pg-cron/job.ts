import pg from "pg";

export interface Job {
  jobid: string;
  command: string;
  database: string;
  username: string;
}

/** Runs the job once as its owner, on a connection of its own, and writes how it went. */
export async function runJob(databaseUrl: string, job: Job): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "pg_cron" });
  client.on("error", () => {});
  await client.connect();
  try {
    const runId = await begin(client, job);
    const outcome = await execute(client, job);
    await client.query(
      `update cron.job_run_details
       set status = $2, return_message = $3, end_time = clock_timestamp()
       where runid = $1`,
      [runId, outcome.status, outcome.message],
    );
  } finally {
    await client.end();
  }
}

async function begin(client: pg.Client, job: Job): Promise<string | undefined> {
  const { rows } = await client.query<{ runid: string }>(
    `insert into cron.job_run_details
       (jobid, job_pid, database, username, command, status, start_time)
     values ($1, pg_backend_pid(), $2, $3, $4, 'running', clock_timestamp())
     returning runid`,
    [job.jobid, job.database, job.username, job.command],
  );
  return rows[0]?.runid;
}

async function execute(client: pg.Client, job: Job): Promise<{ status: string; message: string }> {
  // The settings of the role, such as its statement_timeout: pg_cron logs in as it.
  await client.query(
    `select set_config(split_part(c.setting, '=', 1),
       substr(c.setting, strpos(c.setting, '=') + 1), false)
     from pg_roles r, unnest(r.rolconfig) c (setting) where r.rolname = $1`,
    [job.username],
  );
  await client.query(`set session authorization ${client.escapeIdentifier(job.username)}`);
  try {
    const result = await client.query(job.command);
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { status: "succeeded", message: describe(last) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query("rollback");
    return { status: "failed", message: `ERROR:  ${error.message}\n` };
  } finally {
    await client.query("reset session authorization");
  }
}

function describe(result: pg.QueryResult): string {
  if (result.command === "SELECT") {
    return `${result.rowCount} row${result.rowCount === 1 ? "" : "s"}`;
  }
  return [result.command, result.rowCount].filter((part) => part !== null).join(" ");
}
