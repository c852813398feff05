import { z } from "zod";
import { databaseShape, readConfig, secretKeys } from "../_shared/config.ts";
import { createDatabase } from "../_shared/database.ts";
import { AppError } from "../_shared/errors.ts";
import { createLog } from "../_shared/log.ts";
import { createHandler } from "./handler.ts";
import { poolHealth } from "./schema.ts";

const config = readConfig(databaseShape);
const call = createDatabase(config.SUPABASE_URL, secretKeys(config)[0]);

Deno.serve(createHandler({
  readHealth: async () => {
    const [health] = await call("get_pool_health", {}, z.array(poolHealth));
    if (!health) throw new AppError("database_unavailable");
    return health;
  },
  now: () => performance.now(),
  log: createLog("health"),
}));
