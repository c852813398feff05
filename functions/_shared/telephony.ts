import {
  CreateSIPParticipantRequest,
  RoomAgentDispatch,
  SIPMediaConfig,
  SIPMediaEncryption,
  type SIPOutboundTrunkInfo,
  SIPTransport,
} from "@livekit/protocol";
// @ts-types="./std.d.ts"
import { delay } from "deno-std/async/delay.js";
import { AgentDispatchClient, RoomServiceClient, SipClient } from "livekit-server-sdk";
import { type PlacedCall, placeOutboundCall } from "./outbound-call.ts";
import { placeSipCall } from "./place-sip-call.ts";
import { attempt, createRooms, REQUEST_SECONDS, type Rooms } from "./rooms.ts";

export interface OutboundCall {
  roomName: string;
  /** The clinic's number: what the patient sees. Never optional: LiveKit would pick one at random. */
  callerId: string;
  callee: string;
  /** Unique: the same identity twice would throw the first participant out. */
  identity: string;
  ringingSeconds: number;
  maxCallMinutes: number;
  /** Of the speech between LiveKit and the carrier. */
  mediaEncryption: MediaEncryption;
  /** How long to wait until LiveKit has the call; its answer may come long after. */
  timeoutSeconds: number;
}

export type MediaEncryption = "require" | "allow" | "disable";

/** LiveKit, as placing a call needs it. Every method throws TelephonyError only. */
export interface Telephony extends Rooms {
  /**
   * What the trunk can do of the wanted encryption: allow is never at the price of the call.
   * Does not fail: then it is as wanted.
   */
  encryptionFor(wanted: MediaEncryption): Promise<MediaEncryption>;
  /** A new room, to which the agent is sent, told nothing but the call's id. */
  createRoom(name: string, callId: string): Promise<void>;
  /** The dispatch that brings the agent; null when none was asked for. */
  findDispatch(roomName: string): Promise<string | null>;
  /** Dials, once: never retried. Returns when LiveKit has the call, or has not been seen to. */
  dial(call: OutboundCall): Promise<PlacedCall>;
}

/** As the environment names them. */
export interface TelephonyOptions {
  LIVEKIT_URL: string;
  LIVEKIT_API_KEY: string;
  LIVEKIT_API_SECRET: string;
  LIVEKIT_SIP_TRUNK_ID: string;
  /** Undefined: no agent is sent, and one has to come by itself. */
  LIVEKIT_AGENT_NAME?: string;
}

// LiveKit's server gives up waiting for the bridge after 80 seconds, whatever it was told.
const ANSWER_MARGIN_SECONDS = 15;

/** LiveKit through its SDK. */
export function createTelephony(options: TelephonyOptions): Telephony {
  const { LIVEKIT_AGENT_NAME: agentName } = options;
  const credentials = [
    options.LIVEKIT_URL,
    options.LIVEKIT_API_KEY,
    options.LIVEKIT_API_SECRET,
  ] as const;
  // On LiveKit Cloud the SDK would send a request again in another region: a patient called twice.
  const settings = { failover: false, requestTimeout: REQUEST_SECONDS };
  const rooms = new RoomServiceClient(...credentials, settings);
  const dispatches = new AgentDispatchClient(...credentials, settings);
  const sip = new SipClient(...credentials, settings);

  return {
    ...createRooms(options),
    encryptionFor: async (wanted) => {
      if (wanted !== "allow") return wanted;
      const trunks = await sip.listSipOutboundTrunk({ trunkIds: [options.LIVEKIT_SIP_TRUNK_ID] })
        .catch(() => []);
      return trunks.some(cannotEncrypt) ? "disable" : wanted;
    },
    createRoom: (name, callId) =>
      attempt(async () => {
        const metadata = JSON.stringify({ call_id: callId });
        await rooms.createRoom({
          name,
          emptyTimeout: 60,
          departureTimeout: 10,
          // One phone leg: agents do not count.
          maxParticipants: 1,
          agents: agentName ? [new RoomAgentDispatch({ agentName, metadata })] : [],
        });
      }),
    findDispatch: (roomName) =>
      attempt(async () => {
        if (!agentName) return null;
        const found = await dispatches.listDispatch(roomName);
        return found.find((dispatch) => dispatch.agentName === agentName)?.id ?? null;
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
  };
}

/**
 * With the keys for SRTP an INVITE has 1,200 bytes and more, and the second one, which answers the
 * carrier's challenge with the trunk's password, more than the 1,300 that livekit-sip sends by UDP
 * (livekit/sipgo transport/udp.go): it gives the call up. And by UDP the keys travel in clear.
 */
function cannotEncrypt({ transport, authUsername }: SIPOutboundTrunkInfo): boolean {
  const { SIP_TRANSPORT_TCP, SIP_TRANSPORT_TLS } = SIPTransport;
  return authUsername !== "" && transport !== SIP_TRANSPORT_TCP && transport !== SIP_TRANSPORT_TLS;
}

const ENCRYPTION: Record<MediaEncryption, SIPMediaEncryption> = {
  require: SIPMediaEncryption.SIP_MEDIA_ENCRYPT_REQUIRE,
  allow: SIPMediaEncryption.SIP_MEDIA_ENCRYPT_ALLOW,
  disable: SIPMediaEncryption.SIP_MEDIA_ENCRYPT_DISABLE,
};

function toRequest(
  call: Omit<OutboundCall, "timeoutSeconds">,
  trunkId: string,
): CreateSIPParticipantRequest {
  const request = CreateSIPParticipantRequest.fromJson({
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
  request.media = new SIPMediaConfig({ encryption: ENCRYPTION[call.mediaEncryption] });
  return request;
}
