import type { Handler } from "../_shared/http.ts";
import { createNudgedHandler, type NudgedHandlerDependencies } from "../_shared/nudged-handler.ts";

export interface ReconcileHandlerDependencies extends NudgedHandlerDependencies {
  /** Makes the lines of numbers what they must be. */
  followLines: NudgedHandlerDependencies["work"];
  /** The import of call records. */
  importRecords: NudgedHandlerDependencies["work"];
}

/**
 * POST /functions/v1/reconcile-carrier: by the sweep once a day, and by an admin at any time:
 * select phone_pool.nudge('reconcile-carrier')
 * POST /functions/v1/reconcile-carrier/lines: while Telnyx is to be asked about lines.
 * POST /functions/v1/reconcile-carrier/records: every 15 minutes.
 */
export function createHandler(dependencies: ReconcileHandlerDependencies): Handler {
  const parts: Record<string, Handler> = {
    lines: createNudgedHandler({ ...dependencies, work: dependencies.followLines }),
    records: createNudgedHandler({ ...dependencies, work: dependencies.importRecords }),
  };
  const compare = createNudgedHandler(dependencies);
  return (request) =>
    (parts[new URL(request.url).pathname.split("/").at(-1) ?? ""] ?? compare)(request);
}
