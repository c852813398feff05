// Stands in for the scheduler of pg_cron: a process beside Postgres.
import { runPgCronWorker } from "./pg-cron/worker.ts";
import { runWorkerProcess } from "./stack/worker-process.ts";

await runWorkerProcess(runPgCronWorker);
