import { CreateSIPParticipantRequest, ParticipantInfo_Kind } from "@livekit/protocol";
// @ts-types="./std.d.ts"
import { delay } from "deno-std/async/delay.js";
import { AgentDispatchClient, RoomServiceClient, ServerError } from "livekit-server-sdk";
import { type PlacedCall, placeOutboundCall } from "./outbound-call.ts";
import { placeSipCall } from "./place-sip-call.ts";
import { classifyTelephonyError } from "./telephony-errors.ts";

export interface OutboundCall {
  roomName: string;
  /** The clinic's number: what the patient sees. Never optional: LiveKit would pick one at random. */
  callerId: string;
  callee: string;
  /** Unique: the same identity twice would throw the first participant out. */
  identity: string;
  ringingSeconds: number;
  maxCallMinutes: number;
  /** How long to wait until LiveKit has the call; its answer may come long after. */
  timeoutSeconds: number;
}

/** LiveKit, as placing a call needs it. Every method throws TelephonyError only. */
export interface Telephony {
  createRoom(name: string): Promise<void>;
  /** Sends the agent to the room, told nothing but the call's id; its dispatch's id. */
  dispatchAgent(roomName: string, callId: string): Promise<string>;
  isAgentPresent(roomName: string): Promise<boolean>;
  /** Whether the phone leg of that identity is in the room; false also when the room is gone. */
  isInRoom(roomName: string, identity: string): Promise<boolean>;
  /** Dials, once: never retried. Returns when LiveKit has the call, or has not been seen to. */
  dial(call: OutboundCall): Promise<PlacedCall>;
  /** Also when the room is gone already. */
  deleteRoom(name: string): Promise<void>;
}

/** As the environment names them. */
export interface TelephonyOptions {
  LIVEKIT_URL: string;
  LIVEKIT_API_KEY: string;
  LIVEKIT_API_SECRET: string;
  LIVEKIT_SIP_TRUNK_ID: string;
  LIVEKIT_AGENT_NAME?: string;
}

const REQUEST_SECONDS = 3;
// LiveKit's server gives up waiting for the bridge after 80 seconds, whatever it was told.
const ANSWER_MARGIN_SECONDS = 15;

/** LiveKit through its SDK. */
export function createTelephony(options: TelephonyOptions): Telephony {
  const credentials = [
    options.LIVEKIT_URL,
    options.LIVEKIT_API_KEY,
    options.LIVEKIT_API_SECRET,
  ] as const;
  // On LiveKit Cloud the SDK would send a request again in another region: a patient called twice.
  const settings = { failover: false, requestTimeout: REQUEST_SECONDS };
  const rooms = new RoomServiceClient(...credentials, settings);
  const dispatches = new AgentDispatchClient(...credentials, settings);

  return {
    createRoom: (name) =>
      attempt(async () => {
        // One phone leg: agents do not count.
        await rooms.createRoom({
          name,
          emptyTimeout: 60,
          departureTimeout: 10,
          maxParticipants: 1,
        });
      }),
    dispatchAgent: (roomName, callId) =>
      attempt(async () => {
        const metadata = JSON.stringify({ call_id: callId });
        return (await dispatches.createDispatch(roomName, options.LIVEKIT_AGENT_NAME ?? "", {
          metadata,
        })).id;
      }),
    isAgentPresent: (roomName) =>
      attempt(async () => {
        // Not the job's status: that is RUNNING once a worker has accepted, before it joins.
        const participants = await rooms.listParticipants(roomName);
        return participants.some(({ kind }) => kind === ParticipantInfo_Kind.AGENT);
      }),
    isInRoom: (roomName, identity) =>
      attempt(async () => {
        const participants = await rooms.listParticipants(roomName).catch(notFound([]));
        return participants.some((participant) => participant.identity === identity);
      }),
    dial: ({ ringingSeconds, timeoutSeconds, ...call }) =>
      placeOutboundCall({
        dial: async () => {
          const request = toRequest({ ...call, ringingSeconds }, options.LIVEKIT_SIP_TRUNK_ID);
          const seconds = ringingSeconds + ANSWER_MARGIN_SECONDS;
          return (await placeSipCall(options, request, seconds)).sipCallId;
        },
        find: async () => {
          const participants = await rooms.listParticipants(call.roomName);
          return participants.find(({ identity }) => identity === call.identity)
            ?.attributes["sip.callID"];
        },
        delay,
        ringingSeconds,
        timeoutSeconds,
      }),
    deleteRoom: (name) =>
      attempt(async () => {
        await rooms.deleteRoom(name).catch(notFound(undefined));
      }),
  };
}

function toRequest(
  call: Omit<OutboundCall, "timeoutSeconds">,
  trunkId: string,
): CreateSIPParticipantRequest {
  return CreateSIPParticipantRequest.fromJson({
    sipTrunkId: trunkId,
    sipCallTo: call.callee,
    // fromNumber in the SDK: without it LiveKit takes a random number of the trunk.
    sipNumber: call.callerId,
    roomName: call.roomName,
    participantIdentity: call.identity,
    participantName: "Patient",
    // Keeps the numbers out of the participant's attributes, and so out of webhooks.
    hidePhoneNumber: true,
    ringingTimeout: `${call.ringingSeconds}s`,
    maxCallDuration: `${call.maxCallMinutes * 60}s`,
    waitUntilAnswered: true,
  });
}

/** Takes a 404 for this answer. */
function notFound<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ServerError && error.status === 404) return answer;
    throw error;
  };
}

async function attempt<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw classifyTelephonyError(error);
  }
}
