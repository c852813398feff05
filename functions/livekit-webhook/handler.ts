import type { WebhookEvent } from "livekit-server-sdk";
import { z } from "zod";
import { createAgentWatch } from "../_shared/agent-watch.ts";
import type { RunInBackground } from "../_shared/background.ts";
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
import type { Rooms } from "../_shared/rooms.ts";
import { type CallEvent, toCallEvent } from "./schema.ts";

export interface LiveKitWebhookDependencies {
  /** Verifies the signature over the raw body; throws when it is not LiveKit's. */
  receive(body: string, authorization: string | undefined): Promise<WebhookEvent>;
  call: CallDatabase;
  rooms: Rooms;
  runInBackground: RunInBackground;
  delay: (milliseconds: number) => Promise<unknown>;
  createLog: (requestId: string) => Log;
}

const LARGEST = 256 * 1024;

/**
 * POST /functions/v1/livekit-webhook, from LiveKit: stores what concerns a call, once, and then acts
 * on it. An agent that left is looked for, and the call hung up when none is there. Stored but not
 * acted on: the sweep does it. 200 also for what is of no concern; 5xx makes LiveKit send it again.
 */
export function createHandler(dependencies: LiveKitWebhookDependencies): Handler {
  return createResponder(dependencies.createLog, async (request, { log }) => {
    requireMethod(request, "POST");
    // Raw: the signature covers these very bytes.
    const body = await readText(request, LARGEST);
    const event = toCallEvent(await verified(request, body, dependencies));
    if (!event) return json(200, { status: "ignored" });
    const id = await store(event, dependencies.call);
    if (id === null) return json(200, { status: "known" });
    const outcome = await act(id, dependencies.call, log);
    log("livekit_event", {
      event_id: event.id,
      type: event.type,
      room: event.payload.room,
      outcome,
    });
    if (outcome === "agent_left") {
      dependencies.runInBackground(() => lookForAgent(event.payload.room, dependencies, log));
    }
    return json(200, { status: "stored" });
  });
}

/** The event is not enough: the room is asked, where another agent may be. */
async function lookForAgent(
  roomName: string,
  { rooms, call, delay }: LiveKitWebhookDependencies,
  log: Log,
): Promise<void> {
  const id = roomName.slice("call-".length);
  const hangUp = (p_call_id: string, p_reason: "agent_left") =>
    call("hang_up_intake_call", { p_call_id, p_reason }, z.boolean());
  try {
    await createAgentWatch({ id, roomName }, { rooms, hangUp, delay, log }).look();
  } catch (error) {
    log("agent_not_looked_for", { call_id: id, error: describe(error) });
  }
}

async function verified(
  request: Request,
  body: string,
  { receive }: LiveKitWebhookDependencies,
): Promise<WebhookEvent> {
  // The bare token: LiveKit sends no scheme before it.
  const authorization = request.headers.get("Authorization") ?? undefined;
  try {
    return await receive(body, authorization);
  } catch (cause) {
    throw new AppError("unauthorized", undefined, { cause });
  }
}

async function store(event: CallEvent, call: CallDatabase): Promise<number | null> {
  return await call("record_webhook_event", {
    p_provider: "livekit",
    p_event_id: event.id,
    p_event_type: event.type,
    p_payload: event.payload,
    p_occurred_at: event.occurredAt,
  }, z.coerce.number().nullable());
}

async function act(id: number, call: CallDatabase, log: Log): Promise<string | null> {
  try {
    return await call("process_livekit_event", { p_event_id: id }, z.string().nullable());
  } catch (error) {
    // It is stored: sent again, LiveKit would only be told that it is known.
    log("livekit_event_waits", { error: describe(error) });
    return null;
  }
}
