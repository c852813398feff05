/** Every code that a call of this client may end with, and what to do about it. */
export const ADVICE = {
  invalid_request: "Correct the field that detail names.",
  request_too_large: "Send less: metadata holds 8 KiB.",
  method_not_allowed: "Use this client, or the methods of openapi.json.",
  unauthorized: "Sign in again, or check the secret key.",
  not_allowed: "A user calls for the own organization only: look at the token's claims.",
  organization_not_found: "Check organization_id.",
  organization_inactive: "Reactivate the organization: its subscription_status says that it left.",
  no_phone_number: "Wait for its number: waitForNumber().",
  number_not_active: "Tell an admin: the number is gone at the carrier, and needs a replacement.",
  destination_not_allowed: "Call ordinary numbers in the United States only.",
  do_not_call: "Do not call: the patient asked for it.",
  consent_missing: "Record the patient's consent first: record_consent().",
  outside_calling_hours: "Call again at retry_at, with the same intake_id.",
  too_many_calls: "Call again at retry_at: this patient was called as often as is allowed.",
  too_many_calls_in_flight: "Call again when some of the organization's calls have ended.",
  rate_limited: "Call again at retry_at.",
  patient_in_call: "Wait for the end of the call that is under way.",
  intake_id_reused: "Use a new intake_id: this one belongs to another request.",
  call_in_progress: "Ask getCall() how the first request with this intake_id went.",
  permit_expired: "Call again with a new intake_id.",
  outcome_unknown: "Look at the call (getCall()) before you call again, with a new intake_id.",
  intake_call_not_found: "Check the intake_id and its organization_id.",
  agent_unavailable: "See that the voice agent runs, and call again with a new intake_id.",
  telephony_refused: "Tell an admin: LiveKit refuses the call.",
  telephony_unavailable: "Call again in a minute, with a new intake_id.",
  telephony_timeout: "Call again in a minute, with a new intake_id.",
  carrier_failure: "Call again in a minute, with a new intake_id.",
  callee_busy: "Call again later, with a new intake_id.",
  callee_declined: "Call again later, with a new intake_id, or ask the patient by other means.",
  callee_unavailable: "Check the patient's number.",
  trunk_login_refused: "Tell an admin: the trunk's user name or password is wrong.",
  media_refused: "Tell an admin: the carrier and LiveKit agree on no encryption.",
  call_blocked: "Tell an admin: a network blocks the clinic's number.",
  copied_database: "Tell an admin: the database belongs to another project.",
  database_unavailable: "Try again in a minute.",
  internal_error: "Tell an admin the request_id.",
  database_refused: "Look at sqlstate: the application's own rules or rights refused it.",
  no_answer: "Try again with the same intake_id: nobody is called twice.",
  aborted: "Nothing: the signal that was passed has ended the wait.",
  unknown_error: "Update this client: the server knows an error that it does not.",
} as const;

export type ProblemCode = keyof typeof ADVICE;

/** Why a call of this client did not do what was asked. */
export interface Problem {
  code: ProblemCode;
  /** What exactly is wrong; for developers. */
  detail: string;
  /** What to do about it. */
  advice: string;
  /** HTTP status; 0: nothing answered. */
  status: number;
  /** For phone-pool's operators, who find the request by it. */
  request_id?: string;
  /** When the same request would be allowed. */
  retry_at?: string;
  /** What Postgres answered, where the code is database_refused. */
  sqlstate?: string;
}

/** As supabase-js answers: one of the two is null. */
export type Result<Data> = { data: Data; error: null } | { data: null; error: Problem };

export const succeed = <Data>(data: Data): Result<Data> => ({ data, error: null });

export function fail(
  code: string,
  detail: string,
  status: number,
  more: Pick<Problem, "request_id" | "retry_at" | "sqlstate"> = {},
): { data: null; error: Problem } {
  const known = isKnown(code) ? code : "unknown_error";
  const told = known === code ? detail : `${code}: ${detail}`;
  return {
    data: null,
    error: { code: known, detail: told, advice: ADVICE[known], status, ...more },
  };
}

const isKnown = (code: string): code is ProblemCode => Object.hasOwn(ADVICE, code);

interface DatabaseAnswer<Data> {
  data: Data | null;
  error: { code: string; message: string; details?: string | null; hint?: string | null } | null;
  status: number;
}

/** What the Data API answered: PP005 is phone-pool's own invalid_request. */
export function ofDatabase<Data>({ data, error, status }: DatabaseAnswer<Data>): Result<Data> {
  if (!error) return succeed(data as Data);
  const detail = [error.message, error.details].filter(Boolean).join(": ");
  if (status === 0) return fail("no_answer", detail, 0);
  const code = error.code === "PP005" ? "invalid_request" : "database_refused";
  return fail(code, detail, status, { sqlstate: error.code });
}
