import { serveWorker } from "../_shared/nudged-worker.ts";
import { createHandler } from "./handler.ts";
import { createFollowLines } from "./lines.ts";
import { createReconcile } from "./reconcile.ts";

serveWorker("reconcile-carrier", (call, config) => ({
  work: createReconcile(call, config),
  followLines: createFollowLines(call, config),
}), createHandler);
