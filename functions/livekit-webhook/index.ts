import { WebhookReceiver } from "livekit-server-sdk";
import { databaseShape, readConfig, secretKeys, webhookKeyShape } from "../_shared/config.ts";
import { createDatabase } from "../_shared/database.ts";
import { createLog } from "../_shared/log.ts";
import { createHandler } from "./handler.ts";

const config = readConfig({ ...databaseShape, ...webhookKeyShape });
const receiver = new WebhookReceiver(config.LIVEKIT_API_KEY, config.LIVEKIT_API_SECRET);

Deno.serve(createHandler({
  receive: (body, authorization) => receiver.receive(body, authorization),
  call: createDatabase(config.SUPABASE_URL, secretKeys(config)[0]),
  createLog: (request_id) => createLog("livekit-webhook", console.log, { request_id }),
}));
