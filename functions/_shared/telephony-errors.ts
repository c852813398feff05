import { ServerError, SipCallError } from "livekit-server-sdk";
import { AppError, type ErrorCode } from "./errors.ts";

/** How a call ended that was not connected: what the SIP status says, else failed. */
export type DialOutcome = "failed" | "busy" | "declined" | "blocked" | "no_answer";

/** What LiveKit did wrong, or what it said of the call. */
export class TelephonyError extends AppError {
  constructor(
    code: ErrorCode,
    readonly outcome: DialOutcome,
    /** For the record and the log: no number, and no token, which LiveKit repeats in messages. */
    readonly failure: string,
    readonly told: Told = {},
  ) {
    super(code);
    this.name = "TelephonyError";
  }

  /** LiveKit is certain that there is no call (any more), and why. */
  get isFinal(): boolean {
    return this.told.sipStatus !== undefined || FINAL.has(this.told.code ?? "");
  }
}

/** In LiveKit's own words, where they came with an answer. */
export interface Told {
  /** Twirp's. */
  code?: string;
  /** What the carrier answered to the INVITE. */
  sipStatus?: number;
  /** Where the blocking network says that the call can be contested. */
  redressUrl?: string;
}

// Refused by LiveKit's bridge: the INVITE cannot be sent, or its answer cannot be used.
const FINAL = new Set(["failed_precondition", "invalid_argument"]);

// LiveKit turns SIP statuses into HTTP ones (livekit/protocol livekit/sip.go): a busy patient is a
// 429, one who declines a 403, which read as HTTP would be tried again or blamed on the token.
const BY_SIP_STATUS: Record<number, [ErrorCode, DialOutcome]> = {
  404: ["callee_unavailable", "no_answer"],
  408: ["callee_unavailable", "no_answer"],
  410: ["callee_unavailable", "no_answer"],
  480: ["callee_unavailable", "no_answer"],
  487: ["callee_unavailable", "no_answer"],
  486: ["callee_busy", "busy"],
  488: ["media_refused", "failed"],
  600: ["callee_busy", "busy"],
  603: ["callee_declined", "declined"],
  604: ["callee_unavailable", "no_answer"],
  606: ["media_refused", "failed"],
  // RFC 8197: the patient marked the calls as unwanted. RFC 8688: a network took them for spam.
  607: ["call_blocked", "blocked"],
  608: ["call_blocked", "blocked"],
};

// LiveKit's bridge has no status for these (livekit/sip protocol.go, media-sdk sdp/offer.go).
const BY_WORDS: [RegExp, ErrorCode][] = [
  [/\bauth\b|no username or password/i, "trunk_login_refused"],
  [/\b(sdp|codec|encryption|media)\b/i, "media_refused"],
  // An INVITE with the keys for encryption, and the password, by UDP: see telephony.ts.
  [/larger than MTU/i, "media_refused"],
  [/\bno numbers\b/i, "telephony_refused"],
  [/./, "carrier_failure"],
];

/** Classifies what the SDK threw: by the SIP status first, then by the HTTP status. */
export function classifyTelephonyError(error: unknown): TelephonyError {
  if (error instanceof TelephonyError) return error;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new TelephonyError("telephony_timeout", "failed", "no answer in time");
  }
  if (!(error instanceof ServerError)) {
    return new TelephonyError("telephony_unavailable", "failed", "connection failed");
  }
  const sip = error instanceof SipCallError ? finalAnswer(error) : undefined;
  const failure = [`livekit ${error.status}`, error.code, sip && `sip ${sip.status}`, sip?.phrase]
    .filter(Boolean).join(" ");
  const [code, outcome] = meaningOf(error, sip);
  const redressUrl = outcome === "blocked" ? redressUrlIn(error) : undefined;
  const told = { code: error.code, sipStatus: sip?.status, redressUrl };
  return new TelephonyError(code, outcome, failure, told);
}

interface SipAnswer {
  status: number;
  phrase?: string;
}

/** Of a failed call only 300 to 699 is an answer to the INVITE (RFC 3261, section 7.2). */
function finalAnswer({ sipStatusCode, sipStatus }: SipCallError): SipAnswer | undefined {
  if (!sipStatusCode || sipStatusCode < 300 || sipStatusCode > 699) return undefined;
  return { status: sipStatusCode, phrase: withoutNumbers(sipStatus) };
}

/** A carrier's reason such as "Caller Origination Number is Invalid D35", unless it names a number. */
function withoutNumbers(phrase: string | undefined): string | undefined {
  if (phrase === undefined || !/^[ -~]{1,80}$/.test(phrase)) return undefined;
  return phrase.replaceAll(/\D/g, "").length > 4 ? undefined : phrase;
}

function meaningOf(error: ServerError, sip: SipAnswer | undefined): [ErrorCode, DialOutcome] {
  // ATIS-1000099 ("603+"): a network's 603 has these words, a person's has "Decline".
  if (sip?.status === 603 && /^network blocked$/i.test(sip.phrase?.trim() ?? "")) {
    return ["call_blocked", "blocked"];
  }
  const known = sip === undefined ? undefined : BY_SIP_STATUS[sip.status];
  if (known) return known;
  if (sip !== undefined) return ["carrier_failure", "failed"];
  // Nobody picked up within the ringing time: no SIP status comes with it.
  if (error.code === "canceled") return ["callee_unavailable", "no_answer"];
  const words = error.code === "failed_precondition"
    ? BY_WORDS.find(([pattern]) => pattern.test(error.message))?.[1]
    : undefined;
  return [words ?? (error.status >= 500 ? "telephony_unavailable" : "telephony_refused"), "failed"];
}

/**
 * A network that blocks a call has to say where that can be contested: in the Reason header of a 603+, the
 * card of a 608. LiveKit passes on the status line, and more where it has more; all of it is looked
 * through.
 */
function redressUrlIn({ metadata }: ServerError): string | undefined {
  const words = Object.values(metadata ?? {}).map(String).join(" ");
  return words.match(/https?:\/\/[^\s;"'<>,\\]{3,300}/)?.[0];
}
