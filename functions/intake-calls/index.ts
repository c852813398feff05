// @ts-types="../_shared/std.d.ts"
import { delay } from "deno-std/async/delay.js";
import {
  databaseShape,
  readConfig,
  secretKeys,
  telephonyShape,
  usersShape,
} from "../_shared/config.ts";
import { createDatabase } from "../_shared/database.ts";
import { createLog } from "../_shared/log.ts";
import { createTelephony } from "../_shared/telephony.ts";
import { createAuthenticate } from "../_shared/users.ts";
import { createCalls } from "./calls.ts";
import { createHandler } from "./handler.ts";

const config = readConfig({ ...databaseShape, ...telephonyShape, ...usersShape });
const [key, ...otherKeys] = secretKeys(config);

Deno.serve(createHandler({
  authenticate: createAuthenticate([key, ...otherKeys], config.SUPABASE_JWKS),
  calls: createCalls(createDatabase(config.SUPABASE_URL, key)),
  telephony: createTelephony(config),
  hasAgent: config.LIVEKIT_AGENT_NAME !== undefined,
  delay,
  createLog: (request_id) => createLog("intake-calls", console.log, { request_id }),
}));
