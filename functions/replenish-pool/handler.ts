import { createNudgedHandler } from "../_shared/nudged-handler.ts";

/** POST /functions/v1/replenish-pool: buys the numbers that are due. */
export const createHandler = createNudgedHandler;
