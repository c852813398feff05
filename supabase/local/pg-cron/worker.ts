import pg from "pg";
import { pause } from "../stack/pause.ts";
import type { WorkerOptions } from "../stack/worker-process.ts";
import { type Job, runJob } from "./job.ts";

export interface PgCronWorkerOptions extends WorkerOptions {
  now?: () => number;
  tickMilliseconds?: number;
}

/** When a job is next allowed to run; `running` and `waiting` keep two runs from overlapping. */
interface JobState {
  lastStarted: number;
  running: boolean;
  waiting: boolean;
}

/**
 * What pg_cron's scheduler does (its README): looks each second which jobs are due, by the minute in
 * GMT or by an interval of seconds, and runs each job one at a time; a run that comes due meanwhile
 * waits for the one before.
 */
export async function runPgCronWorker(options: PgCronWorkerOptions): Promise<void> {
  const { signal, log, now = Date.now, tickMilliseconds = 1000 } = options;
  const states = new Map<string, JobState>();
  let lastMinute = minuteOf(now());
  const underWay = new Set<Promise<void>>();
  let ready = false;
  while (!signal.aborted) {
    try {
      const minute = minuteOf(now());
      const due = await dueJobs(options.databaseUrl, minute > lastMinute ? minute : undefined, {
        states,
        now: now(),
      });
      lastMinute = minute;
      for (const job of due) {
        const run = start(job, states, options).finally(() => underWay.delete(run));
        underWay.add(run);
      }
      if (!ready) options.onReady?.();
      ready = true;
    } catch (error) {
      log(`pg_cron worker: ${error instanceof Error ? error.message : error}`);
    }
    await pause(tickMilliseconds, signal);
  }
  await Promise.all(underWay);
}

async function start(job: Job, states: Map<string, JobState>, options: PgCronWorkerOptions) {
  const { now = Date.now, log } = options;
  const state = states.get(job.jobid) ?? { lastStarted: 0, running: false, waiting: false };
  states.set(job.jobid, state);
  if (state.running) {
    state.waiting = true;
    return;
  }
  state.running = true;
  do {
    state.waiting = false;
    state.lastStarted = now();
    await runJob(options.databaseUrl, job).catch((error) => log(`job ${job.jobid}: ${error}`));
  } while (state.waiting && !options.signal.aborted);
  state.running = false;
}

interface Clock {
  states: Map<string, JobState>;
  now: number;
}

/** The jobs of the minute, when a new one began, and those whose interval has passed. */
async function dueJobs(databaseUrl: string, minute: number | undefined, clock: Clock) {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "pg_cron scheduler",
  });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query<Job & { seconds: number | null; of_minute: boolean }>(
      `select jobid, command, database, username, i.seconds,
         i.seconds is null and $1::float8 is not null
           and cron._names_minute(schedule, to_timestamp($1)) as of_minute
       from cron.job
       cross join lateral (select cron._interval_seconds(schedule)) as i (seconds)
       where active and database = current_database()`,
      [minute === undefined ? null : minute * 60],
    );
    return rows.filter((job) => job.of_minute || intervalPassed(job.jobid, job.seconds, clock));
  } catch (error) {
    // The extension is not there yet.
    if (error instanceof pg.DatabaseError && ["42P01", "3F000"].includes(error.code ?? "")) {
      return [];
    }
    throw error;
  } finally {
    await client.end();
  }
}

function intervalPassed(jobId: string, seconds: number | null, { states, now }: Clock): boolean {
  if (seconds === null) return false;
  const state = states.get(jobId);
  return state === undefined || (!state.running && now - state.lastStarted >= seconds * 1000);
}

const minuteOf = (milliseconds: number) => Math.floor(milliseconds / 60_000);
