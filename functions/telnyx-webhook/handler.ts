import { z } from "zod";
import type { CallDatabase } from "../_shared/database.ts";
import { AppError } from "../_shared/errors.ts";
import {
  createResponder,
  describe,
  type Handler,
  json,
  readText,
  requireMethod,
} from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { eventSchema, payloadToKeep } from "./schema.ts";
import type { Verify } from "./verify.ts";

export interface TelnyxWebhookDependencies {
  verify: Verify;
  call: CallDatabase;
  createLog: (requestId: string) => Log;
}

/**
 * POST /functions/v1/telnyx-webhook: an event of Telnyx, signed by it. 200 once the event is stored,
 * by this delivery or an earlier one; Telnyx sends it again otherwise. What it leads to is done
 * afterwards, and by the sweep if that fails.
 */
export function createHandler(dependencies: TelnyxWebhookDependencies): Handler {
  const { verify, call } = dependencies;
  return createResponder(dependencies.createLog, async (request, { log }) => {
    requireMethod(request, "POST");
    const rawBody = await readText(request, 256 * 1024);
    const event = parse(await verify(rawBody, request.headers));
    const id = await call("record_webhook_event", {
      p_provider: "telnyx",
      p_event_id: event.id,
      p_event_type: event.event_type,
      p_payload: payloadToKeep(event),
      p_occurred_at: event.occurred_at ?? null,
    }, z.number().nullable());
    if (id === null) return json(200, { status: "known" });
    try {
      const outcome = await call("process_telnyx_event", { p_id: id }, z.string());
      log("telnyx_event", { event_type: event.event_type, event_id: event.id, outcome });
    } catch (error) {
      log("telnyx_event_postponed", { event_id: event.id, error: describe(error) });
    }
    return json(200, { status: "stored" });
  });
}

function parse(body: unknown) {
  const parsed = eventSchema.safeParse(body);
  if (!parsed.success) throw new AppError("invalid_request", "Not an event of Telnyx");
  return parsed.data.data;
}
