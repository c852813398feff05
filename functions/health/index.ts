import { z } from "zod";
import { databaseShape, metricsShape, readConfig, secretKeys } from "../_shared/config.ts";
import { createDatabase } from "../_shared/database.ts";
import { AppError } from "../_shared/errors.ts";
import { createLog } from "../_shared/log.ts";
import { createHandler } from "./handler.ts";
import { createMetricsHandler } from "./metrics.ts";
import { poolHealth, sample } from "./schema.ts";

const config = readConfig({ ...databaseShape, ...metricsShape });
const call = createDatabase(config.SUPABASE_URL, secretKeys(config)[0]);

const health = createHandler({
  readHealth: async () => {
    const [health] = await call("get_pool_health", {}, z.array(poolHealth));
    if (!health) throw new AppError("database_unavailable");
    return health;
  },
  now: () => performance.now(),
  log: createLog("health"),
});
const metrics = createMetricsHandler({
  readMetrics: () => call("get_metrics", {}, z.array(sample)),
  token: config.METRICS_TOKEN,
  createLog: (request_id) => createLog("health", console.log, { request_id }),
});

Deno.serve((request) =>
  new URL(request.url).pathname.endsWith("/metrics") ? metrics(request) : health(request)
);
