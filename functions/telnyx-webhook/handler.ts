import { AppError } from "../_shared/errors.ts";
import type { Handler } from "../_shared/http.ts";
import { createWebhookHandler, type WebhookDependencies } from "../_shared/webhook-handler.ts";
import { eventSchema, toStoredEvent } from "./schema.ts";
import type { Verify } from "./verify.ts";

export interface TelnyxWebhookDependencies
  extends Pick<WebhookDependencies<never>, "call" | "createLog"> {
  verify: Verify;
}

/** POST /functions/v1/telnyx-webhook: an event of Telnyx, signed by it. */
export function createHandler({ verify, ...dependencies }: TelnyxWebhookDependencies): Handler {
  return createWebhookHandler({
    ...dependencies,
    provider: "telnyx",
    receive: async (rawBody, headers) => {
      const parsed = eventSchema.safeParse(await verify(rawBody, headers));
      if (!parsed.success) throw new AppError("invalid_request", "Not an event of Telnyx");
      return toStoredEvent(parsed.data.data);
    },
  });
}
