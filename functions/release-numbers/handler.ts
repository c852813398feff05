import type { Handler } from "../_shared/http.ts";
import { createNudgedHandler, type NudgedHandlerDependencies } from "../_shared/nudged-handler.ts";

/** POST /functions/v1/release-numbers: a nudge from Postgres to delete at Telnyx what is released. */
export function createHandler(dependencies: NudgedHandlerDependencies): Handler {
  return createNudgedHandler(dependencies);
}
