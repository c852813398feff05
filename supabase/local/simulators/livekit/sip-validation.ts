import type { CreateSIPParticipantRequest } from "@livekit/protocol";
import { TwirpFailure } from "./twirp-failure.ts";

/** Refuses what CreateSIPParticipantRequest.Validate of livekit/protocol (livekit/sip.go) refuses. */
export function validateSipParticipant(request: CreateSIPParticipantRequest): void {
  if (request.sipTrunkId === "" && !request.trunk && request.sipNumber === "") {
    refuse("missing sip trunk id and sip number");
  }
  if (request.trunk) validateInlineTrunk(request.trunk.hostname, request.trunk.fromHost);
  if (request.sipCallTo === "") refuse("missing sip callee number");
  // Only this one character is looked at: tel: and sip: prefixes, 911 and letters all pass.
  if (request.sipCallTo.includes("@")) {
    refuse("SipCallTo should be a phone number or SIP user, not a full SIP URI");
  }
  if (request.roomName === "") refuse("missing room name");
  if (request.displayName !== undefined) validateDisplayName(request.displayName);
  for (const [name, value] of Object.entries(request.headers)) validateHeader(name, value);
}

function validateInlineTrunk(hostname: string, fromHost: string): void {
  if (hostname === "") refuse("no outbound hostname specified");
  for (const [field, value] of [["trunk hostname", hostname], ["from_host", fromHost]] as const) {
    if (value.includes("transport=")) refuse(`${field} should not contain transport parameter`);
    if (/[@;]|^sips?:/.test(value)) {
      refuse(`${field} should be a hostname or IP, not SIP URI`);
    }
  }
}

const goQuotable =
  /^(?:[^"\\\n]|\\(?:[abfnrtv\\"]|[0-7]{3}|x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}))*$/i;

function validateDisplayName(name: string): void {
  if (new TextEncoder().encode(name).length > 128) {
    refuse("DisplayName too long (max 128 characters)");
  }
  if (!goQuotable.test(name)) refuse("DisplayName must be a valid quoted string: invalid syntax");
}

/** FrobiddenSipHeaderNames of livekit/protocol (livekit/sip_validation.go). */
const forbiddenHeaders = new Set(
  ("accept accept-encoding accept-language allow allow-events call-id contact content-encoding " +
    "content-length content-type cseq event expires from max-forwards record-route refer-to " +
    "reply-to k l m o r t u v").split(" "),
);

function validateHeader(name: string, value: string): void {
  if (name === "") refuse("invalid header name: header name cannot be empty");
  if (name.length > 255) {
    refuse("invalid header name: header name too long (max 255 characters)");
  }
  if (!/^[\w\-.!%*+`'~]+$/.test(name)) {
    refuse(`invalid header name: header name ${name} contains invalid characters`);
  }
  if (forbiddenHeaders.has(name.toLowerCase())) {
    refuse(`invalid header name: header name ${name} not supported`);
  }
  if (value.length > 1024) {
    refuse(`invalid header value for ${name}: value too long (max 1024 characters)`);
  }
  if (/[^\t\x20-\x7e\u0080-\uffff]/.test(value)) {
    refuse(`invalid header value for ${name}: character not allowed`);
  }
}

const limits = { name: 256, metadata: 512 * 1024, attributes: 64 * 1024 };

/** Limits of the room that the bridge joins: found out only there, so they surface as a 500. */
export function validateJoin(request: CreateSIPParticipantRequest): void {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const attributes = Object.entries(request.participantAttributes)
    .reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0);
  if (request.roomName.length > limits.name) refuseJoin("room name length exceeds limits");
  if (request.participantIdentity.length > limits.name) {
    refuseJoin("participant identity length exceeds limits");
  }
  if (request.participantName.length > limits.name) refuseJoin("name length exceeds limits");
  if (bytes(request.participantMetadata) > limits.metadata) {
    refuseJoin("metadata size exceeds limits");
  }
  if (attributes > limits.attributes) refuseJoin("attribute size exceeds limits");
}

/** Limits of CreateRoom and CreateDispatch, which are checked at the door. */
export function validateRoom(name: string, metadata: string): void {
  if (name.length > limits.name) {
    refuse(`room name length exceeds limits: max length ${limits.name}`);
  }
  if (new TextEncoder().encode(metadata).length > limits.metadata) {
    refuse(`metadata size exceeds limits: max size ${limits.metadata}`);
  }
}

function refuse(message: string): never {
  throw new TwirpFailure("invalid_argument", message);
}

function refuseJoin(reason: string): never {
  throw new TwirpFailure("internal", `update room failed: ${reason}`);
}
