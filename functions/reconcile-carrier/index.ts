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
import { createImport } from "./call-records.ts";
import { createHandler } from "./handler.ts";
import { createReconcile } from "./reconcile.ts";

const config = readConfig({ ...databaseShape, ...nudgeShape, ...carrierShape });
const database = createDatabase(config.SUPABASE_URL, secretKeys(config)[0]);

Deno.serve(createHandler({
  secrets: [config.PHONE_POOL_SECRET, config.PHONE_POOL_SECRET_PREVIOUS],
  work: createReconcile(database, config),
  importRecords: createImport(database, config, { now: () => performance.now(), delay }),
  runInBackground,
  createLog: (request_id) => createLog("reconcile-carrier", console.log, { request_id }),
}));
