import { type ErrorCode, ERRORS } from "../_shared/errors.ts";

/** What may keep a call from being placed, beside what may be wrong with any request. */
export const OF_CALLS: ErrorCode[] = [
  "unauthorized",
  "not_allowed",
  "organization_not_found",
  "organization_inactive",
  "no_phone_number",
  "number_not_active",
  "destination_not_allowed",
  "do_not_call",
  "consent_missing",
  "outside_calling_hours",
  "too_many_calls",
  "too_many_calls_in_flight",
  "rate_limited",
  "patient_in_call",
  "intake_id_reused",
  "call_in_progress",
  "permit_expired",
  "outcome_unknown",
  "agent_unavailable",
  "telephony_refused",
  "telephony_unavailable",
  "telephony_timeout",
  "carrier_failure",
  "callee_busy",
  "callee_declined",
  "callee_unavailable",
  "trunk_login_refused",
  "media_refused",
  "call_blocked",
  "copied_database",
];

/** An answer for each status of these errors; `ofSyntax`: what is no JSON answers so, too. */
export function problems(codes: ErrorCode[], ofSyntax: number[] = []) {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  for (const status of ofSyntax) {
    byStatus.set(status, [...byStatus.get(status) ?? [], "invalid_request"]);
  }
  const statuses = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(statuses.map(([status, found]) => [status, {
    description: found.join(", "),
    ...(found.some((code) => WAITING.includes(code)) ? { headers: retryHeaders } : {}),
    content: { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } },
  }]));
}

const WAITING: ErrorCode[] = ["outside_calling_hours", "too_many_calls", "rate_limited"];
const retryHeaders = {
  "Retry-After": { description: "Seconds until retry_at", schema: { type: "integer" } },
};
