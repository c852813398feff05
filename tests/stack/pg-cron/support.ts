import { runPgCronWorker } from "../../../supabase/local/pg-cron/worker.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { eventually } from "../support.ts";

export interface CronFixture extends AsyncDisposable {
  database: TestDatabase;
  /** Sets the scheduler's clock. */
  setTime(iso: string): void;
  /** Waits for this many runs of the job and returns them in order. */
  runs(job: string, count: number): Promise<Run[]>;
}

export interface Run extends Record<string, unknown> {
  status: string;
  return_message: string | null;
  username: string;
}

/** A database with pg_cron and a scheduler whose clock the test sets. */
export async function cronFixture(startAt: string): Promise<CronFixture> {
  const database = await createTestDatabase({ bare: true });
  await database.query("create extension if not exists pg_cron");
  let time = Date.parse(startAt);
  const stop = new AbortController();
  const ready = Promise.withResolvers<void>();
  const running = runPgCronWorker({
    databaseUrl: database.superuserUrl,
    signal: stop.signal,
    log: () => {},
    onReady: ready.resolve,
    now: () => time,
    tickMilliseconds: 10,
  });
  await ready.promise;
  return {
    database,
    setTime: (iso) => void (time = Date.parse(iso)),
    async runs(job, count) {
      const read = () =>
        database.query<Run>(
          `select d.status, d.return_message, d.username
           from cron.job_run_details as d join cron.job as j using (jobid)
           where j.jobname = $1 order by d.runid`,
          [job],
        );
      await eventually(`${count} runs of ${job}`, async () => {
        const ended = (await read()).filter(({ status }) => status !== "running");
        return ended.length >= count;
      });
      return await read();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await database.drop();
    },
  };
}
