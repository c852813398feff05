import {
  type CreateSIPParticipantRequest,
  ParticipantInfo,
  ParticipantInfo_Kind,
  SIPMediaEncryption,
} from "@livekit/protocol";
import { newId } from "./ids.ts";
import type { SimulatedTrunk } from "./options.ts";
import { TwirpFailure } from "./twirp-failure.ts";

/** One INVITE, and everything the callee and the carrier would know about it. */
export interface SimulatedCall {
  id: string;
  from: string;
  /** `trunk`: the request named no number, so the trunk's first one was shown to the callee. */
  fromSource: "request" | "trunk";
  to: string;
  room: string;
  roomSid: string;
  trunkId: string;
  participantIdentity: string;
  participantId: string;
  status: "dialing" | "ringing" | "active" | "ended";
  sipCallStatus: "dialing" | "ringing" | "active" | "hangup";
  sipStatusCode?: number;
  disconnectReason?: string;
  displayName?: string;
  headers: Record<string, string>;
  hidePhoneNumber: boolean;
  waitUntilAnswered: boolean;
  ringingTimeoutSeconds?: number;
  maxCallDurationSeconds?: number;
  /** What the request asks for; without a word LiveKit encrypts nothing. */
  mediaEncryption: "disable" | "allow" | "require";
  dialedAt: string;
  ringingAt?: string;
  answeredAt?: string;
  endedAt?: string;
}

export interface CallerId {
  trunkId: string;
  from: string;
  fromSource: SimulatedCall["fromSource"];
}

/**
 * Decides trunk and From user as livekit/protocol's rpc/sip.go does. The real server takes a random
 * number of the trunk when none is given; this one always the first, so that it shows in a test.
 */
export function chooseCallerId(
  request: CreateSIPParticipantRequest,
  trunks: SimulatedTrunk[],
): CallerId {
  const known = trunks.find(({ id }) => id === request.sipTrunkId);
  const inline = request.sipTrunkId === "" && request.trunk !== undefined;
  if (request.sipTrunkId === "" && !inline) {
    throw new TwirpFailure("invalid_argument", "no outbound hostname specified");
  }
  if (!known && !inline) {
    throw new TwirpFailure("not_found", "requested sip trunk does not exist");
  }
  const trunkId = known?.id ?? "";
  // Never compared with the trunk's list: LiveKit passes on any number it is given.
  if (request.sipNumber !== "") {
    return { trunkId, from: request.sipNumber, fromSource: "request" };
  }
  const from = known?.numbers[0];
  if (from === undefined) {
    throw new TwirpFailure("failed_precondition", "no numbers on outbound trunk");
  }
  return { trunkId, from, fromSource: "trunk" };
}

export function newCall(request: CreateSIPParticipantRequest, callerId: CallerId): SimulatedCall {
  const id = newId("SCL");
  return {
    id,
    ...callerId,
    to: request.sipCallTo,
    room: request.roomName,
    roomSid: "",
    participantIdentity: request.participantIdentity || `sip_${request.sipCallTo}`,
    participantId: newId("PA"),
    status: "dialing",
    sipCallStatus: "dialing",
    displayName: request.displayName,
    headers: { ...request.headers },
    hidePhoneNumber: request.hidePhoneNumber,
    waitUntilAnswered: request.waitUntilAnswered,
    ringingTimeoutSeconds: seconds(request.ringingTimeout?.seconds),
    maxCallDurationSeconds: seconds(request.maxCallDuration?.seconds),
    mediaEncryption: encryptionOf(request),
    dialedAt: new Date().toISOString(),
  };
}

function encryptionOf({ media }: CreateSIPParticipantRequest): SimulatedCall["mediaEncryption"] {
  switch (media?.encryption) {
    case SIPMediaEncryption.SIP_MEDIA_ENCRYPT_ALLOW:
      return "allow";
    case SIPMediaEncryption.SIP_MEDIA_ENCRYPT_REQUIRE:
      return "require";
    default:
      return "disable";
  }
}

function seconds(value: bigint | undefined): number | undefined {
  return value ? Number(value) : undefined;
}

/** Attributes that come with the answer: the dialog's Call-ID, and the callee's tag. */
export function dialogAttributes({ id }: SimulatedCall): Record<string, string> {
  return { "sip.callIDFull": `${id}-dialog`, "sip.callTag": `${id}-callee` };
}

/** The phone leg that joins the room while it is still dialing. */
export function phoneLeg(
  request: CreateSIPParticipantRequest,
  call: SimulatedCall,
): ParticipantInfo {
  return new ParticipantInfo({
    identity: call.participantIdentity,
    sid: call.participantId,
    name: request.participantName,
    metadata: request.participantMetadata,
    kind: ParticipantInfo_Kind.SIP,
    attributes: { ...request.participantAttributes, ...sipAttributes(call) },
  });
}

/**
 * Attributes that the bridge sets by itself (livekit/protocol livekit/attrs.go); those of the SIP
 * dialog come with its answer.
 */
function sipAttributes(call: SimulatedCall): Record<string, string> {
  return {
    "sip.callID": call.id,
    "sip.callStatus": call.sipCallStatus,
    "sip.trunkID": call.trunkId,
    ...(!call.hidePhoneNumber && {
      "sip.phoneNumber": call.to,
      "sip.trunkPhoneNumber": call.from,
      "sip.hostname": "simulated.invalid",
    }),
  };
}
