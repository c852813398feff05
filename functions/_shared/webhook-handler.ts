import { z } from "zod";
import type { CallDatabase } from "./database.ts";
import { createResponder, describe, type Handler, json, readText, requireMethod } from "./http.ts";
import type { Log } from "./log.ts";

/** The parts of a provider's event that are kept and acted on. */
export interface StoredEvent {
  /** The provider's own. */
  id: string;
  type: string;
  /** ISO 8601. */
  occurredAt: string | null;
  payload: Record<string, unknown>;
}

export interface WebhookDependencies<Event extends StoredEvent> {
  provider: "telnyx" | "livekit";
  /**
   * The event of a request that the provider has signed; undefined: of no concern.
   * @throws {AppError} unauthorized, invalid_request
   */
  receive(rawBody: string, headers: Headers): Promise<Event | undefined>;
  call: CallDatabase;
  /** What the function does itself about an event that was acted on. */
  follow?(event: Event, outcome: string | null, log: Log): void;
  createLog: (requestId: string) => Log;
}

const LARGEST_BYTES = 256 * 1024;

/**
 * POST, from a provider: the event is stored once, and then acted on. 200 once it is stored, by this
 * delivery or an earlier one, and for what is of no concern; otherwise the provider sends it again.
 * Stored and not acted on: the sweep does it.
 */
export function createWebhookHandler<Event extends StoredEvent>(
  { provider, receive, call, follow, createLog }: WebhookDependencies<Event>,
): Handler {
  return createResponder(createLog, async (request, { log }) => {
    requireMethod(request, "POST");
    // Raw: the signature covers these very bytes.
    const event = await receive(await readText(request, LARGEST_BYTES), request.headers);
    if (!event) return json(200, { status: "ignored" });
    const id = await call("record_webhook_event", {
      p_provider: provider,
      p_event_id: event.id,
      p_event_type: event.type,
      p_payload: event.payload,
      p_occurred_at: event.occurredAt,
    }, z.number().nullable());
    if (id === null) return json(200, { status: "known" });
    const outcome = await act(id, call, log);
    log("webhook_event", { event_id: event.id, type: event.type, outcome });
    follow?.(event, outcome, log);
    return json(200, { status: "stored" });
  });
}

async function act(id: number, call: CallDatabase, log: Log): Promise<string | null> {
  try {
    return await call("process_webhook_event", { p_id: id }, z.string().nullable());
  } catch (error) {
    // It is stored: sent again, the provider would only be told that it is known.
    log("webhook_event_waits", { error: describe(error) });
    return null;
  }
}
