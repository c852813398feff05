/**
 * Every error that leaves an Edge Function. The codes with an SQLSTATE are raised by the database
 * (table phone_pool.errors, which a test holds against this one).
 */
const REGISTRY = {
  invalid_json: { status: 400, message: "The body is not JSON" },
  invalid_request: { status: 422, sqlstate: "PP005", message: "The request is not valid" },
  request_too_large: { status: 413, message: "The body is too large" },
  method_not_allowed: { status: 405, message: "Method not allowed" },
  unauthorized: { status: 401, message: "Missing or wrong credentials" },
  not_allowed: {
    status: 403,
    sqlstate: "PP003",
    message: "Not allowed to call for this organization",
  },
  destination_not_allowed: { status: 403, message: "This destination is not allowed" },
  organization_not_found: { status: 404, sqlstate: "PP001", message: "Organization not found" },
  no_phone_number: {
    status: 400,
    sqlstate: "PP002",
    message: "Organization does not have a phone number assigned",
  },
  intake_id_reused: {
    status: 409,
    sqlstate: "PP004",
    message: "This intake_id was used for another request",
  },
  permit_expired: {
    status: 409,
    sqlstate: "PP007",
    message: "The permit for this call is used or expired",
  },
  claim_lost: {
    status: 409,
    sqlstate: "PP006",
    message: "The claim on this purchase is no longer held",
  },
  phone_number_not_found: { status: 404, sqlstate: "PP008", message: "Phone number not found" },
  phone_number_held: {
    status: 409,
    sqlstate: "PP009",
    message: "This phone number is held by an organization",
  },
  transition_refused: {
    status: 409,
    sqlstate: "PP010",
    message: "A phone number does not change state this way",
  },
  history_is_final: {
    status: 409,
    sqlstate: "PP011",
    message: "The history of a phone number is not rewritten",
  },
  organization_inactive: {
    status: 409,
    sqlstate: "PP012",
    message: "The organization is not active",
  },
  agent_unavailable: { status: 502, message: "The voice agent did not join the call" },
  telephony_refused: { status: 502, message: "The telephony service refused the call" },
  telephony_unavailable: { status: 502, message: "The telephony service is not available" },
  telephony_timeout: { status: 504, message: "The telephony service did not answer in time" },
  call_in_progress: { status: 409, message: "The first request with this intake_id is not done" },
  database_unavailable: { status: 503, message: "The database is not available" },
  internal_error: { status: 500, message: "Something went wrong on our side" },
} as const satisfies Record<string, { status: number; message: string; sqlstate?: string }>;

export type ErrorCode = keyof typeof REGISTRY;

export const ERRORS: Record<
  ErrorCode,
  { status: number; message: string; sqlstate?: string }
> = REGISTRY;

const BY_SQLSTATE = new Map(
  Object.entries(ERRORS).flatMap(([code, { sqlstate }]) => sqlstate ? [[sqlstate, code]] : []),
);

/** An error whose code and detail may be shown to the caller. */
export class AppError extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    /** What the caller reads; the registry's message when not given. */
    readonly detail: string = ERRORS[code].message,
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.name = "AppError";
    this.status = ERRORS[code].status;
  }
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** The error that an SQLSTATE of the database stands for; undefined for a foreign one. */
export function errorOfSqlstate(sqlstate: string, detail?: string): AppError | undefined {
  const code = BY_SQLSTATE.get(sqlstate);
  if (code === undefined || !isErrorCode(code)) return undefined;
  return new AppError(code, detail ? `${ERRORS[code].message}: ${detail}` : undefined);
}
