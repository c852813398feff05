import {
  CreateSIPParticipantRequest,
  ListSIPOutboundTrunkRequest,
  ListSIPOutboundTrunkResponse,
  SIPOutboundTrunkInfo,
  SIPParticipantInfo,
} from "@livekit/protocol";
import { requireSipAdmin, requireSipCall } from "./access.ts";
import { chooseCallerId } from "./call-record.ts";
import type { Calls } from "./calls.ts";
import type { Settings, SimulatedTrunk } from "./options.ts";
import { validateJoin, validateSipParticipant } from "./sip-validation.ts";
import { method, type TwirpMethods } from "./twirp.ts";

/** SIP service of livekit-server and the livekit-sip bridge behind it, as far as dialling goes. */
export function sipService({ trunks }: Settings, calls: Calls): TwirpMethods {
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
          const failure = await answered;
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
      })
    );
}
