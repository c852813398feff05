// @ts-types="../_shared/std.d.ts"
import { delay } from "deno-std/async/delay.js";
import { createKnowAgent } from "../_shared/agents.ts";
import { runInBackground } from "../_shared/background.ts";
import * as shape from "../_shared/config.ts";
import { withCors } from "../_shared/cors.ts";
import { createDatabase } from "../_shared/database.ts";
import { createLog } from "../_shared/log.ts";
import { createTelephony } from "../_shared/telephony.ts";
import { createAuthenticate } from "../_shared/users.ts";
import { createCalls } from "./calls.ts";
import { createHandler } from "./handler.ts";

const { browsersShape, databaseShape, nudgeShape, telephonyShape, usersShape } = shape;
const config = shape.readConfig({
  ...databaseShape,
  ...nudgeShape,
  ...telephonyShape,
  ...usersShape,
  ...browsersShape,
});
const [key, ...otherKeys] = shape.secretKeys(config);

const handler = createHandler({
  authenticate: createAuthenticate(
    [key, ...otherKeys],
    config.SUPABASE_JWKS,
    createLog("intake-calls"),
  ),
  knowAgent: createKnowAgent(config.LIVEKIT_API_KEY, config.LIVEKIT_API_SECRET),
  calls: createCalls(createDatabase(config.SUPABASE_URL, key, 3000)),
  telephony: createTelephony(config),
  secrets: [config.PHONE_POOL_SECRET, config.PHONE_POOL_SECRET_PREVIOUS],
  delay,
  runInBackground,
  createLog: (request_id) => createLog("intake-calls", console.log, { request_id }),
});

Deno.serve(withCors(handler, config.ALLOWED_ORIGINS ?? []));
