import { ServerError, SipClient } from "livekit-server-sdk";
import { type Context, type Finding, finding } from "../context.ts";
import { checkTransport, readMediaEncryption } from "./line.ts";

/** That the trunk is there and reaches Telnyx. */
export async function checkLiveKit({ target, database }: Context): Promise<Finding[]> {
  const client = new SipClient(
    target.LIVEKIT_URL,
    target.LIVEKIT_API_KEY,
    target.LIVEKIT_API_SECRET,
    { requestTimeout: 15 },
  );
  try {
    const trunks = await client.listSipOutboundTrunk();
    const key = finding("L1", "ok", new URL(target.LIVEKIT_URL).host);
    const trunk = trunks.find(({ sipTrunkId }) => sipTrunkId === target.LIVEKIT_SIP_TRUNK_ID);
    if (!trunk) {
      return [
        key,
        finding(
          "L2",
          "fail",
          `${target.LIVEKIT_SIP_TRUNK_ID} is not one of this project's ${trunks.length} trunks`,
          "LIVEKIT_SIP_TRUNK_ID is the ST_… of an outbound trunk (Telephony → SIP trunks)",
        ),
      ];
    }
    return [
      key,
      trunk.address === ""
        ? finding("L2", "fail", "it has no address", "set it to sip.telnyx.com")
        : finding("L2", "ok", `${trunk.name || trunk.sipTrunkId} → ${trunk.address}`),
      callerId(trunk.numbers),
      checkTransport(trunk, await readMediaEncryption(database)),
    ];
  } catch (error) {
    return [describe(error)];
  }
}

/**
 * A number given with the call goes out as it is; the trunk's list is only what LiveKit picks from
 * when none is given (livekit/protocol, rpc/sip.go), which intake-calls never lets happen.
 */
function callerId(numbers: string[]): Finding {
  return numbers.length > 0
    ? finding("L3", "ok", "the trunk takes the one that comes with the call")
    : finding(
      "L3",
      "warn",
      "the trunk has no numbers, which LiveKit Cloud may refuse",
      "set the trunk's numbers to *",
    );
}

function describe(error: unknown): Finding {
  if (error instanceof ServerError && (error.status === 401 || error.status === 403)) {
    return finding("L1", "fail", "it is refused", "Settings → Keys has key and secret");
  }
  const message = error instanceof Error ? error.message : String(error);
  return finding("L1", "fail", message, "is LIVEKIT_URL the wss://… of the project?");
}
