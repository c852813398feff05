// @ts-types="../_shared/std.d.ts"
import { delay } from "deno-std/async/delay.js";
import { runInBackground } from "../_shared/background.ts";
import { carrierWebhookShape, databaseShape, readConfig, secretKeys } from "../_shared/config.ts";
import { createDatabase } from "../_shared/database.ts";
import { createLog } from "../_shared/log.ts";
import { countRejections } from "../_shared/rejected-webhooks.ts";
import { createHandler } from "./handler.ts";
import { createVerify } from "./verify.ts";

const config = readConfig({ ...databaseShape, ...carrierWebhookShape });

const call = createDatabase(config.SUPABASE_URL, secretKeys(config)[0], 3000);

const handler = createHandler({
  verify: createVerify(config.TELNYX_PUBLIC_KEY),
  call,
  createLog: (request_id) => createLog("telnyx-webhook", console.log, { request_id }),
});

const log = createLog("telnyx-webhook");
Deno.serve(countRejections(handler, { provider: "telnyx", call, runInBackground, delay, log }));
