import { serveWorker } from "../_shared/nudged-worker.ts";
import { createReconcile } from "./reconcile.ts";

serveWorker("reconcile-carrier", createReconcile);
