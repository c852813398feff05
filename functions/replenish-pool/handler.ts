import type { RunInBackground } from "../_shared/background.ts";
import { requireNudgeSecret } from "../_shared/credentials.ts";
import { createResponder, describe, type Handler, json, requireMethod } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";

export interface ReplenishPoolDependencies {
  secrets: (string | undefined)[];
  /** Buys what is due. */
  replenish: (log: Log) => Promise<unknown>;
  runInBackground: RunInBackground;
  createLog: (requestId: string) => Log;
}

/**
 * POST /functions/v1/replenish-pool: a nudge from Postgres. Answers 202 at once, because pg_net
 * serves nobody else while it waits, and buys numbers afterwards. The body says nothing: what is
 * due stands in the database.
 */
export function createHandler(dependencies: ReplenishPoolDependencies): Handler {
  return createResponder(dependencies.createLog, async (request, { requestId, log }) => {
    requireMethod(request, "POST");
    await requireNudgeSecret(request, dependencies.secrets);
    dependencies.runInBackground(async () => {
      try {
        await dependencies.replenish(log);
      } catch (error) {
        log("replenish_failed", { error: describe(error) });
      }
    });
    return json(202, { status: "accepted", request_id: requestId });
  });
}
