import { ParticipantInfo_Kind, WebhookEvent } from "@livekit/protocol";

/** The parts of an event that are kept and acted on: no names, no numbers, no metadata. */
export interface CallEvent {
  id: string;
  type: string;
  /** ISO 8601; LiveKit tells seconds. */
  occurredAt: string;
  payload: {
    room: string;
    identity?: string;
    /** Of an agent nothing is kept but that it left. */
    kind?: "agent";
    sip_status?: string;
    /** Call-ID of the SIP dialog. */
    sip_dialog_id?: string;
    disconnect_reason?: number;
    joined_at_ms?: number;
  };
}

// There is none for the answer: https://docs.livekit.io/home/server/webhooks
const KEPT = new Set([
  "participant_joined",
  "participant_left",
  "participant_connection_aborted",
  "room_finished",
]);
const ROOM = /^call-[0-9a-f-]{36}$/;
const IDENTITY = /^callee-[0-9a-f-]{36}$/;
const SIP_STATUS = /^[a-z]{1,20}$/;
const SIP_CALL_ID = /^[\x21-\x7e]{1,200}$/;

/** What matters of an event; undefined when it is not about the phone leg, agent or room of a call. */
export function toCallEvent(event: WebhookEvent): CallEvent | undefined {
  const room = event.room?.name ?? "";
  const { participant } = event;
  if (!KEPT.has(event.event) || !ROOM.test(room) || event.id === "") return undefined;
  const isAboutRoom = event.event === "room_finished";
  const isOfAgent = participant?.kind === ParticipantInfo_Kind.AGENT;
  // When an agent is there, the room is asked.
  if (isOfAgent && event.event === "participant_joined") return undefined;
  if (!isAboutRoom && !isOfAgent && !IDENTITY.test(participant?.identity ?? "")) return undefined;
  const about = { id: event.id, type: event.event, occurredAt: timeOf(event) };
  if (isOfAgent) return { ...about, payload: { room, kind: "agent" } };
  return {
    ...about,
    payload: isAboutRoom || !participant ? { room } : {
      room,
      identity: participant.identity,
      sip_status: participant.attributes["sip.callStatus"]?.match(SIP_STATUS)?.[0],
      sip_dialog_id: participant.attributes["sip.callIDFull"]?.match(SIP_CALL_ID)?.[0],
      disconnect_reason: participant.disconnectReason,
      joined_at_ms: Number(participant.joinedAtMs) || Number(participant.joinedAt) * 1000 ||
        undefined,
    },
  };
}

const timeOf = ({ createdAt }: WebhookEvent) => new Date(Number(createdAt) * 1000).toISOString();
