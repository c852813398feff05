import { SIPOutboundConfig } from "@livekit/protocol";
import { type CreateSipParticipantOptions, ServerError } from "livekit-server-sdk";
import { assert, assertEquals } from "../../../support/assert.ts";
import { callee, callerId, rejection, trunkId, withLiveKit } from "../support.ts";

interface Case {
  trunk?: string;
  to?: string;
  room?: string;
  options?: CreateSipParticipantOptions;
  inline?: SIPOutboundConfig;
  status: number;
  says: string;
}

const long = "x".repeat(257);

const cases: Record<string, Case> = {
  "no trunk and no number": {
    trunk: "",
    options: {},
    status: 400,
    says: "missing sip trunk id and sip number",
  },
  "no callee": { to: "", status: 400, says: "missing sip callee number" },
  "a SIP address as callee": {
    to: `sip:${callee}@sip.livekit.cloud`,
    status: 400,
    says: "SipCallTo should be a phone number or SIP user, not a full SIP URI",
  },
  "no room": { room: "", status: 400, says: "missing room name" },
  "a long display name": {
    options: { displayName: long },
    status: 400,
    says: "DisplayName too long (max 128 characters)",
  },
  "a display name with a quote": {
    options: { displayName: 'a "quote' },
    status: 400,
    says: "DisplayName must be a valid quoted string: invalid syntax",
  },
  "a forbidden header": {
    options: { headers: { From: "x" } },
    status: 400,
    says: "invalid header name: header name From not supported",
  },
  "a header name with a space": {
    options: { headers: { "X Y": "x" } },
    status: 400,
    says: "invalid header name: header name X Y contains invalid characters",
  },
  "a header value with a line break": {
    options: { headers: { "X-Y": "a\r\nb" } },
    status: 400,
    says: "invalid header value for X-Y: character not allowed",
  },
  "an inline trunk without a host": {
    trunk: "",
    inline: new SIPOutboundConfig(),
    status: 400,
    says: "no outbound hostname specified",
  },
  "an inline trunk with a SIP URI": {
    trunk: "",
    inline: new SIPOutboundConfig({ hostname: "sip:carrier.example" }),
    status: 400,
    says: "trunk hostname should be a hostname or IP, not SIP URI",
  },
  "a number, and no trunk to call it by": {
    trunk: "",
    status: 400,
    says: "no outbound hostname specified",
  },
  "an unknown trunk": {
    trunk: "ST_unknown",
    status: 404,
    says: "requested sip trunk does not exist",
  },
  "no number and a trunk without numbers": {
    trunk: "ST_bare",
    options: {},
    status: 412,
    says: "no numbers on outbound trunk",
  },
  "a long identity, which only the join finds": {
    options: { participantIdentity: long },
    status: 500,
    says: "update room failed: participant identity length exceeds limits",
  },
  "large metadata, which only the join finds": {
    options: { participantMetadata: "x".repeat(512 * 1024 + 1) },
    status: 500,
    says: "update room failed: metadata size exceeds limits",
  },
};

const codes: Record<number, string> = {
  400: "invalid_argument",
  404: "not_found",
  412: "failed_precondition",
  500: "internal",
};

for (const [name, { trunk, to, room, options, inline, status, says }] of Object.entries(cases)) {
  Deno.test(`a wrong request is refused before anything is dialed: ${name}`, () =>
    withLiveKit(async ({ sip, simulator }) => {
      const error = await rejection(sip.createSipParticipant(
        trunk ?? trunkId,
        to ?? callee,
        room ?? "call-1",
        options && Object.keys(options).length === 0 ? {} : { fromNumber: callerId, ...options },
        inline,
      ));
      assert(error instanceof ServerError);
      assertEquals([error.status, error.code, error.message], [status, codes[status], says]);
      assertEquals(simulator.state().calls, []);
    }));
}

Deno.test("what only looks wrong is dialed as it is", () =>
  withLiveKit(async ({ sip, simulator }) => {
    for (const to of ["911", "tel:+12125550123", "+1 (212) 555-0123"]) {
      await sip.createSipParticipant(trunkId, to, "call-1", {
        fromNumber: callerId,
        participantIdentity: to,
      });
      assertEquals(simulator.state().calls.at(-1)?.to, to);
    }
  }));
