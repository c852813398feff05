import { serveWorker } from "../_shared/nudged-worker.ts";
import { createRelease } from "./release.ts";

serveWorker("release-numbers", (call, config, time) => ({
  work: createRelease(call, config, time),
}));
