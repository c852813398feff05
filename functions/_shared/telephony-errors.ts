import { ServerError, SipCallError } from "livekit-server-sdk";
import { AppError, type ErrorCode } from "./errors.ts";

/** How a call ended that was not connected: what the SIP status says, else failed. */
export type DialOutcome = "failed" | "busy" | "declined" | "no_answer";

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
}

/** In LiveKit's own words, where they came with an answer. */
export interface Told {
  /** Twirp's. */
  code?: string;
  /** What the carrier answered to the INVITE. */
  sipStatus?: number;
}

// LiveKit turns SIP statuses into HTTP ones (livekit/protocol livekit/sip.go): a busy patient is a
// 429, one who declines a 403, which read as HTTP would be tried again or blamed on the token.
const BY_SIP_STATUS: Record<number, [ErrorCode, DialOutcome]> = {
  404: ["callee_unavailable", "no_answer"],
  408: ["callee_unavailable", "no_answer"],
  410: ["callee_unavailable", "no_answer"],
  480: ["callee_unavailable", "no_answer"],
  487: ["callee_unavailable", "no_answer"],
  486: ["callee_busy", "busy"],
  600: ["callee_busy", "busy"],
  603: ["callee_declined", "declined"],
  604: ["callee_unavailable", "no_answer"],
  607: ["callee_declined", "declined"],
  608: ["callee_declined", "declined"],
};

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
  const [code, outcome] = meaningOf(error, sip?.status);
  return new TelephonyError(code, outcome, failure, { code: error.code, sipStatus: sip?.status });
}

/** Of a failed call only 300 to 699 is an answer to the INVITE (RFC 3261, section 7.2). */
function finalAnswer({ sipStatusCode, sipStatus }: SipCallError) {
  if (!sipStatusCode || sipStatusCode < 300 || sipStatusCode > 699) return undefined;
  return { status: sipStatusCode, phrase: withoutNumbers(sipStatus) };
}

/** A carrier's reason such as "Caller Origination Number is Invalid D35", unless it names a number. */
function withoutNumbers(phrase: string | undefined): string | undefined {
  if (phrase === undefined || !/^[ -~]{1,80}$/.test(phrase)) return undefined;
  return phrase.replaceAll(/\D/g, "").length > 4 ? undefined : phrase;
}

function meaningOf(error: ServerError, sipStatus: number | undefined): [ErrorCode, DialOutcome] {
  const known = sipStatus === undefined ? undefined : BY_SIP_STATUS[sipStatus];
  if (known) return known;
  if (sipStatus !== undefined) return ["carrier_failure", "failed"];
  // Nobody picked up within the ringing time: no SIP status comes with it.
  if (error.code === "canceled") return ["callee_unavailable", "no_answer"];
  return [error.status >= 500 ? "telephony_unavailable" : "telephony_refused", "failed"];
}
