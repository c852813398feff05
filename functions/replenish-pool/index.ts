import { serveWorker } from "../_shared/nudged-worker.ts";
import { createReplenish } from "./replenish.ts";

serveWorker("replenish-pool", createReplenish);
