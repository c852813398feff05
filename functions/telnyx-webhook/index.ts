import { carrierWebhookShape, databaseShape, readConfig, secretKeys } from "../_shared/config.ts";
import { createDatabase } from "../_shared/database.ts";
import { createLog } from "../_shared/log.ts";
import { createHandler } from "./handler.ts";
import { createVerify } from "./verify.ts";

const config = readConfig({ ...databaseShape, ...carrierWebhookShape });

Deno.serve(createHandler({
  verify: createVerify(config.TELNYX_PUBLIC_KEY),
  call: createDatabase(config.SUPABASE_URL, secretKeys(config)[0], 3000),
  createLog: (request_id) => createLog("telnyx-webhook", console.log, { request_id }),
}));
