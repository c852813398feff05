import { DisconnectReason } from "@livekit/protocol";
import { type Outcome, sipStatusOf } from "./outcomes.ts";
import { disconnectReasonOf, sipFailure } from "./sip-status.ts";
import { TwirpFailure } from "./twirp-failure.ts";

/** How a call ends that is not connected. */
export interface Ending {
  /** Whether the phone rings before. */
  rings: boolean;
  /** What the carrier answers, where that is a refusal. */
  status?: number;
  /** Why the phone leg leaves. */
  reason: DisconnectReason;
  /** What is told who waits for the answer. */
  failure: TwirpFailure;
}

/** In media-sdk's words (sdp/offer.go). */
const UNUSABLE = {
  "no-sdp": "no audio in sdp",
  "codec": "common audio codec not found",
  "encryption": "no common encryption profiles",
} as const;

/** The ending that an outcome stands for; undefined when the call is answered, or only rings. */
export function endingOf(outcome: Outcome): Ending | undefined {
  const status = sipStatusOf(outcome);
  if (status !== undefined) {
    const phrase = outcome.kind === "sip-status" ? outcome.reason : undefined;
    return {
      rings: outcome.kind === "declined",
      status,
      reason: disconnectReasonOf(status),
      failure: sipFailure(status, phrase),
    };
  }
  const { CLIENT_INITIATED, USER_REJECTED } = DisconnectReason;
  const unusable = (words: string) =>
    new TwirpFailure("failed_precondition", `twirp error unknown: ${words}`);
  switch (outcome.kind) {
    case "carrier-failure":
      return { rings: false, reason: CLIENT_INITIATED, failure: unusable("failed to send INVITE") };
    case "login-refused": {
      const failure = unusable("max auth retry attempts reached for SIP invite");
      return { rings: false, reason: USER_REJECTED, failure };
    }
    case "too-large": {
      const words = "size of packet larger than MTU. transaction transport error";
      return { rings: false, reason: CLIENT_INITIATED, failure: unusable(words) };
    }
    case "unusable-answer":
      return { rings: true, reason: USER_REJECTED, failure: unusable(UNUSABLE[outcome.why]) };
    default:
      return undefined;
  }
}
