import { serveWorker } from "../_shared/nudged-worker.ts";
import { createReplenish } from "./replenish.ts";

serveWorker("replenish-pool", (call, config, time) => ({
  work: createReplenish(call, config, time),
}));
