import { createNudgedHandler } from "../_shared/nudged-handler.ts";

/** POST /functions/v1/release-numbers: a nudge from Postgres to delete at Telnyx what is released. */
export const createHandler = createNudgedHandler;
