import type { Handler } from "../_shared/http.ts";
import { createNudgedHandler, type NudgedHandlerDependencies } from "../_shared/nudged-handler.ts";

export interface ReconcileHandlerDependencies extends NudgedHandlerDependencies {
  /** The import of call records. */
  importRecords: NudgedHandlerDependencies["work"];
}

/**
 * POST /functions/v1/reconcile-carrier: by the sweep once a day, and by an admin at any time:
 * select phone_pool.nudge('reconcile-carrier')
 * POST /functions/v1/reconcile-carrier/records: by the sweep, every 15 minutes.
 */
export function createHandler(
  { importRecords, ...dependencies }: ReconcileHandlerDependencies,
): Handler {
  const reconcile = createNudgedHandler(dependencies);
  const records = createNudgedHandler({ ...dependencies, work: importRecords });
  return (request) =>
    new URL(request.url).pathname.endsWith("/records") ? records(request) : reconcile(request);
}
