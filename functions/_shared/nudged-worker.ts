// @ts-types="./std.d.ts"
import { delay } from "deno-std/async/delay.js";
import type { z } from "zod";
import { runInBackground } from "./background.ts";
import { carrierShape, databaseShape, nudgeShape, readConfig, secretKeys } from "./config.ts";
import { type CallDatabase, createDatabase } from "./database.ts";
import type { Handler } from "./http.ts";
import { createLog } from "./log.ts";
import { createNudgedHandler, type NudgedHandlerDependencies } from "./nudged-handler.ts";

export type CarrierConfig = z.output<z.ZodObject<typeof carrierShape>>;

/** Milliseconds, and waiting for them to pass. */
export interface Time {
  now: () => number;
  delay: (milliseconds: number) => Promise<void>;
}

/** Serves the Edge Function of this name: a worker that Postgres nudges and that asks Telnyx. */
export function serveWorker<Parts extends Pick<NudgedHandlerDependencies, "work">>(
  name: string,
  createParts: (call: CallDatabase, config: CarrierConfig, time: Time) => Parts,
  createHandler: (dependencies: NudgedHandlerDependencies & Parts) => Handler = createNudgedHandler,
): void {
  const config = readConfig({ ...databaseShape, ...nudgeShape, ...carrierShape });
  const call = createDatabase(config.SUPABASE_URL, secretKeys(config)[0]);
  Deno.serve(createHandler({
    secrets: [config.PHONE_POOL_SECRET, config.PHONE_POOL_SECRET_PREVIOUS],
    ...createParts(call, config, { now: Date.now, delay }),
    runInBackground,
    createLog: (request_id) => createLog(name, console.log, { request_id }),
  }));
}
