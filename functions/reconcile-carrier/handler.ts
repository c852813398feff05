import type { Handler } from "../_shared/http.ts";
import { createNudgedHandler, type NudgedHandlerDependencies } from "../_shared/nudged-handler.ts";

export interface ReconcileHandlerDependencies extends NudgedHandlerDependencies {
  /** Makes the lines of numbers what they must be. */
  followLines: NudgedHandlerDependencies["work"];
}

/**
 * POST /functions/v1/reconcile-carrier: by the sweep once a day, and by an admin at any time:
 * select phone_pool.nudge('reconcile-carrier')
 * POST /functions/v1/reconcile-carrier/lines: while Telnyx is to be asked about lines.
 */
export function createHandler(dependencies: ReconcileHandlerDependencies): Handler {
  const compare = createNudgedHandler(dependencies);
  const lines = createNudgedHandler({ ...dependencies, work: dependencies.followLines });
  return (request) =>
    new URL(request.url).pathname.endsWith("/lines") ? lines(request) : compare(request);
}
