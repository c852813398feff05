// @ts-types="../_shared/std.d.ts"
import { delay } from "deno-std/async/delay.js";
import { runInBackground } from "../_shared/background.ts";
import { WebhookReceiver } from "livekit-server-sdk";
import { databaseShape, liveKitShape, readConfig, secretKeys } from "../_shared/config.ts";
import { createDatabase } from "../_shared/database.ts";
import { createLog } from "../_shared/log.ts";
import { createRooms } from "../_shared/rooms.ts";
import { countRejections } from "../_shared/rejected-webhooks.ts";
import { createHandler } from "./handler.ts";

const config = readConfig({ ...databaseShape, ...liveKitShape });
const receiver = new WebhookReceiver(config.LIVEKIT_API_KEY, config.LIVEKIT_API_SECRET);

const call = createDatabase(config.SUPABASE_URL, secretKeys(config)[0]);

const handler = createHandler({
  receive: (body, authorization) => receiver.receive(body, authorization),
  call,
  rooms: createRooms(config),
  runInBackground,
  delay,
  createLog: (request_id) => createLog("livekit-webhook", console.log, { request_id }),
});

const log = createLog("livekit-webhook");
Deno.serve(countRejections(handler, { provider: "livekit", call, runInBackground, delay, log }));
