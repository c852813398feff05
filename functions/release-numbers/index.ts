import { serveWorker } from "../_shared/nudged-worker.ts";
import { createRelease } from "./release.ts";

serveWorker("release-numbers", createRelease);
