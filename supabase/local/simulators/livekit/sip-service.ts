import {
  CreateSIPParticipantRequest,
  ListSIPOutboundTrunkRequest,
  ListSIPOutboundTrunkResponse,
  SIPOutboundTrunkInfo,
  SIPParticipantInfo,
  SIPTransport,
} from "@livekit/protocol";
import { requireSipAdmin, requireSipCall } from "./access.ts";
import { chooseCallerId } from "./call-record.ts";
import type { Calls } from "./calls.ts";
import type { Settings, SimulatedTrunk } from "./options.ts";
import type { Timers } from "./timers.ts";
import { TwirpFailure } from "./twirp-failure.ts";
import { validateJoin, validateSipParticipant } from "./sip-validation.ts";
import { method, type TwirpMethods } from "./twirp.ts";

/** SIP service of livekit-server and the livekit-sip bridge behind it, as far as dialling goes. */
export function sipService({ trunks }: Settings, calls: Calls, timers: Timers): TwirpMethods {
  // The server goes away while somebody waits: that is no answer of a call.
  const away = timers.stopped.then(() =>
    new TwirpFailure("unavailable", "server is shutting down")
  );
  return {
    "livekit.SIP/CreateSIPParticipant": method(
      CreateSIPParticipantRequest,
      async (request, claims) => {
        requireSipCall(claims);
        validateSipParticipant(request);
        const callerId = chooseCallerId(request, trunks);
        validateJoin(request);
        const { call, answered } = calls.place(request, callerId);
        if (request.waitUntilAnswered) {
          const failure = await Promise.race([answered, away]);
          if (failure) throw failure;
        }
        return new SIPParticipantInfo({
          participantId: call.participantId,
          participantIdentity: call.participantIdentity,
          roomName: call.room,
          sipCallId: call.id,
        });
      },
    ),
    "livekit.SIP/ListSIPOutboundTrunk": method(
      ListSIPOutboundTrunkRequest,
      (request, claims) => {
        requireSipAdmin(claims);
        return new ListSIPOutboundTrunkResponse({ items: matchingTrunks(request, trunks) });
      },
    ),
  };
}

const TRANSPORTS = {
  auto: SIPTransport.SIP_TRANSPORT_AUTO,
  udp: SIPTransport.SIP_TRANSPORT_UDP,
  tcp: SIPTransport.SIP_TRANSPORT_TCP,
  tls: SIPTransport.SIP_TRANSPORT_TLS,
};

function matchingTrunks(
  { trunkIds, numbers }: ListSIPOutboundTrunkRequest,
  trunks: SimulatedTrunk[],
): SIPOutboundTrunkInfo[] {
  return trunks
    .filter(({ id }) => trunkIds.length === 0 || trunkIds.includes(id))
    .filter((trunk) =>
      numbers.length === 0 || trunk.numbers.length === 0 ||
      trunk.numbers.some((number) => numbers.includes(number))
    )
    .map((trunk) =>
      new SIPOutboundTrunkInfo({
        sipTrunkId: trunk.id,
        name: trunk.name ?? "simulated trunk",
        address: trunk.address ?? "simulated.invalid",
        numbers: trunk.numbers,
        transport: TRANSPORTS[trunk.transport ?? "auto"],
        authUsername: trunk.authUsername ?? "",
      })
    );
}
