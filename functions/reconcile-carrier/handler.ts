import { createNudgedHandler } from "../_shared/nudged-handler.ts";

/**
 * POST /functions/v1/reconcile-carrier: by the sweep once a day, and by an admin at any time:
 * select phone_pool.nudge('reconcile-carrier')
 */
export const createHandler = createNudgedHandler;
