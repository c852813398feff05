// @ts-types="../_shared/std.d.ts"
import { delay } from "deno-std/async/delay.js";
import { runInBackground } from "../_shared/background.ts";
import {
  carrierShape,
  databaseShape,
  nudgeShape,
  readConfig,
  secretKeys,
} from "../_shared/config.ts";
import { createDatabase } from "../_shared/database.ts";
import { createLog } from "../_shared/log.ts";
import { createHandler } from "./handler.ts";
import { createReplenish } from "./replenish.ts";

const config = readConfig({ ...databaseShape, ...nudgeShape, ...carrierShape });

Deno.serve(createHandler({
  secrets: [config.PHONE_POOL_SECRET, config.PHONE_POOL_SECRET_PREVIOUS],
  work: createReplenish(
    createDatabase(config.SUPABASE_URL, secretKeys(config)[0]),
    config,
    { now: Date.now, delay },
  ),
  runInBackground,
  createLog: (request_id) => createLog("replenish-pool", console.log, { request_id }),
}));
