import { DisconnectReason } from "@livekit/protocol";
import { type TwirpCode, TwirpFailure } from "./twirp-failure.ts";

/** Twirp code of a SIP response, from livekit/protocol's sipCodeToGRPCCode (livekit/sip.go). */
const codes: Record<number, TwirpCode> = {
  401: "permission_denied",
  402: "permission_denied",
  403: "permission_denied",
  404: "not_found",
  407: "unauthenticated",
  408: "deadline_exceeded",
  409: "failed_precondition",
  410: "not_found",
  412: "failed_precondition",
  480: "resource_exhausted",
  481: "not_found",
  482: "failed_precondition",
  483: "failed_precondition",
  486: "resource_exhausted",
  487: "aborted",
  491: "aborted",
  504: "deadline_exceeded",
  505: "invalid_argument",
  513: "invalid_argument",
  600: "resource_exhausted",
  603: "permission_denied",
  604: "not_found",
  607: "permission_denied",
  608: "permission_denied",
};

const reasons: Record<number, string> = {
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  480: "Temporarily Unavailable",
  486: "Busy Here",
  488: "Not Acceptable Here",
  500: "Server Internal Error",
  503: "Service Unavailable",
  603: "Decline",
};

/** What a waiting CreateSIPParticipant throws when the callee's side answers with this status. */
export function sipFailure(status: number, phrase?: string): TwirpFailure {
  const code = codes[status] ??
    (status >= 500 && status < 600 ? "failed_precondition" : "invalid_argument");
  const reason = phrase ?? reasons[status] ?? `SIP_STATUS_${status}`;
  return new TwirpFailure(code, `sip status ${status}: ${reason}`, {
    sip_status_code: String(status),
    sip_status: reason,
    error_details: `sip status: ${status}: ${reason}`,
  });
}

const rejected = new Set([401, 403, 486, 488]);

/**
 * Disconnect reason of the phone leg for this SIP status: what livekit-sip's classifyInviteError
 * sets, after livekit-server has narrowed it to the reasons it lets clients give.
 */
export function disconnectReasonOf(status: number): DisconnectReason {
  if (rejected.has(status) || status >= 600) return DisconnectReason.USER_REJECTED;
  if (status >= 500) return DisconnectReason.CLIENT_INITIATED;
  return DisconnectReason.USER_UNAVAILABLE;
}
