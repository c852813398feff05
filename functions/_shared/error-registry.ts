/**
 * Every error that leaves an Edge Function. The codes with an SQLSTATE are raised by the database
 * (table phone_pool.errors, which a test holds against this one).
 */
const REGISTRY = {
  invalid_request: { status: 422, sqlstate: "PP005", message: "The request is not valid" },
  request_too_large: { status: 413, message: "The body is too large" },
  method_not_allowed: { status: 405, message: "Method not allowed" },
  unauthorized: { status: 401, message: "Missing or wrong credentials" },
  not_allowed: {
    status: 403,
    sqlstate: "PP003",
    message: "Not allowed to call for this organization",
  },
  destination_not_allowed: {
    status: 403,
    sqlstate: "PP040",
    message: "This destination is not allowed",
  },
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
  line_not_clear: {
    status: 409,
    sqlstate: "PP032",
    message: "The line of this phone number is not clear",
  },
  line_claim_lost: {
    status: 409,
    sqlstate: "PP033",
    message: "The claim on this line is no longer held",
  },
  claim_lost: {
    status: 409,
    sqlstate: "PP006",
    message: "The claim on this work is no longer held",
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
  has_own_phone: {
    status: 409,
    sqlstate: "PP013",
    message: "The organization has a phone number of its own",
  },
  phone_number_shown: {
    status: 409,
    sqlstate: "PP014",
    message: "The number stands as the phone of an organization",
  },
  phone_number_given_back: {
    status: 409,
    sqlstate: "PP015",
    message: "The number was given back to Telnyx",
  },
  number_not_active: {
    status: 409,
    sqlstate: "PP016",
    message: "The organization's phone number is not active at Telnyx",
  },
  price_too_high: { status: 409, sqlstate: "PP022", message: "The number is too dear" },
  quarantine_running: {
    status: 409,
    sqlstate: "PP031",
    message: "The quarantine of this phone number is not over",
  },
  max_numbers_reached: {
    status: 409,
    sqlstate: "PP020",
    message: "There is no room for another phone number",
  },
  budget_reached: {
    status: 409,
    sqlstate: "PP021",
    message: "There is no budget for a phone number at this price",
  },
  do_not_call: {
    status: 403,
    sqlstate: "PP041",
    message: "This number is on the do-not-call list",
  },
  consent_missing: {
    status: 403,
    sqlstate: "PP042",
    message: "There is no consent on record for this call",
  },
  outside_calling_hours: {
    status: 409,
    sqlstate: "PP043",
    message: "It is outside the calling hours where the patient is",
  },
  too_many_calls: {
    status: 429,
    sqlstate: "PP044",
    message: "This patient was called as often as is allowed",
  },
  too_many_calls_in_flight: {
    status: 429,
    sqlstate: "PP045",
    message: "The organization has too many calls under way",
  },
  rate_limited: { status: 429, sqlstate: "PP046", message: "Too many requests" },
  intake_call_not_found: { status: 404, sqlstate: "PP047", message: "Intake call not found" },
  outcome_unknown: {
    status: 502,
    sqlstate: "PP048",
    message: "It is not known what became of this call",
  },
  wrong_isolation: {
    status: 503,
    sqlstate: "PP056",
    message: "A call is permitted in a transaction at read committed only",
  },
  record_is_final: {
    status: 409,
    sqlstate: "PP049",
    message: "The record of a call is not rewritten",
  },
  carrier_failure: { status: 502, message: "The carrier could not place the call" },
  copied_database: {
    status: 503,
    sqlstate: "PP060",
    message: "The database belongs to another project",
  },
  patient_in_call: {
    status: 409,
    sqlstate: "PP055",
    message: "A call to this patient is under way",
  },
  trunk_login_refused: {
    status: 502,
    message: "The carrier refuses the user name and password of the trunk",
  },
  media_refused: {
    status: 502,
    message: "The carrier and LiveKit agree on no codec or encryption",
  },
  call_blocked: { status: 502, message: "The telephony network blocks this call" },
  callee_busy: { status: 502, message: "The telephony service says that the line is busy" },
  callee_declined: { status: 502, message: "The telephony service says that the call is declined" },
  callee_unavailable: {
    status: 502,
    message: "The telephony service says that nobody can be reached at this number",
  },
  not_found: { status: 404, message: "There is nothing here" },
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
