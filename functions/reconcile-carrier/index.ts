import { serveWorker } from "../_shared/nudged-worker.ts";
import { createImport } from "./call-records.ts";
import { createHandler } from "./handler.ts";
import { createFollowLines } from "./lines.ts";
import { createReconcile } from "./reconcile.ts";

serveWorker("reconcile-carrier", (call, config, time) => ({
  work: createReconcile(call, config),
  followLines: createFollowLines(call, config),
  importRecords: createImport(call, config, time),
}), createHandler);
