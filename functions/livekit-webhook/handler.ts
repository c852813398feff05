import type { WebhookEvent } from "livekit-server-sdk";
import { z } from "zod";
import { createAgentWatch } from "../_shared/agent-watch.ts";
import type { RunInBackground } from "../_shared/background.ts";
import { AppError } from "../_shared/errors.ts";
import { describe, type Handler } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import type { Rooms } from "../_shared/rooms.ts";
import { createWebhookHandler, type WebhookDependencies } from "../_shared/webhook-handler.ts";
import { toCallEvent } from "./schema.ts";

export interface LiveKitWebhookDependencies
  extends Pick<WebhookDependencies<never>, "call" | "createLog"> {
  /** Verifies the signature over the raw body; throws when it is not LiveKit's. */
  receive(body: string, authorization: string | undefined): Promise<WebhookEvent>;
  rooms: Rooms;
  runInBackground: RunInBackground;
  delay: (milliseconds: number) => Promise<unknown>;
}

/**
 * POST /functions/v1/livekit-webhook: an event of LiveKit about a call, signed by it. An agent that
 * left is looked for, and the call hung up when none is there.
 */
export function createHandler(dependencies: LiveKitWebhookDependencies): Handler {
  const { call, createLog, receive, runInBackground } = dependencies;
  return createWebhookHandler({
    provider: "livekit",
    call,
    createLog,
    receive: async (rawBody, headers) => {
      // The bare token: LiveKit sends no scheme before it.
      const authorization = headers.get("Authorization") ?? undefined;
      const event = await receive(rawBody, authorization).catch((cause) => {
        throw new AppError("unauthorized", undefined, { cause });
      });
      return toCallEvent(event);
    },
    follow: ({ payload }, outcome, log) => {
      if (outcome === "agent_left") {
        runInBackground(() => lookForAgent(payload.room, dependencies, log));
      }
    },
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
