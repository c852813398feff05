// Stands in for the background worker of pg_net: a process beside Postgres.
import { runPgNetWorker } from "./pg-net/worker.ts";
import { runWorkerProcess } from "./stack/worker-process.ts";

await runWorkerProcess(runPgNetWorker);
