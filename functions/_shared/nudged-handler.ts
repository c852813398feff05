import type { RunInBackground } from "./background.ts";
import { requireNudgeSecret } from "./credentials.ts";
import { createResponder, describe, type Handler, json, requireMethod } from "./http.ts";
import type { Log } from "./log.ts";

export interface NudgedHandlerDependencies {
  secrets: (string | undefined)[];
  /** What is to be done; that something is to be done stands in the database. */
  work: (log: Log) => Promise<unknown>;
  runInBackground: RunInBackground;
  createLog: (requestId: string) => Log;
}

/**
 * POST by Postgres. Answers 202 at once, because pg_net serves nobody else while it waits, and
 * works afterwards. The body says nothing.
 */
export function createNudgedHandler(dependencies: NudgedHandlerDependencies): Handler {
  return createResponder(dependencies.createLog, async (request, { requestId, log }) => {
    requireMethod(request, "POST");
    await requireNudgeSecret(request, dependencies.secrets);
    dependencies.runInBackground(async () => {
      try {
        await dependencies.work(log);
      } catch (error) {
        log("work_failed", { error: describe(error) });
      }
    });
    return json(202, { status: "accepted", request_id: requestId });
  });
}
