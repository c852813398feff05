import { z } from "zod";
import type { RunInBackground } from "./background.ts";
import type { CallDatabase } from "./database.ts";
import { describe, type Handler } from "./http.ts";
import type { Log } from "./log.ts";

export interface RejectionDependencies {
  provider: "telnyx" | "livekit";
  call: CallDatabase;
  runInBackground: RunInBackground;
  delay: (milliseconds: number) => Promise<unknown>;
  log: Log;
}

/** Anybody can send what is not signed: however much it is, the database hears of it this seldom. */
const PAUSE_MILLISECONDS = 2000;

/**
 * The same handler of webhooks, which also lets the database count those that it turned away (401):
 * the alert webhook_rejected. Nothing of the request is told.
 */
export function countRejections(handler: Handler, dependencies: RejectionDependencies): Handler {
  const { provider, call, runInBackground, delay, log } = dependencies;
  let pending = 0;

  const report = async () => {
    await delay(PAUSE_MILLISECONDS);
    const count = pending;
    pending = 0;
    try {
      await call("record_webhook_rejected", {
        p_provider: provider,
        p_count: count,
      }, z.unknown());
    } catch (error) {
      log("rejections_not_counted", { count, error: describe(error) });
    }
  };

  return async (request) => {
    const response = await handler(request);
    if (response.status === 401 && ++pending === 1) runInBackground(report);
    return response;
  };
}
