import type Telnyx from "telnyx";

/** The SDK names the text of an error `description`; the API sends `detail`. */
export type TelnyxError = Omit<Telnyx.APIError, "description"> & { detail: string };
export interface ErrorEnvelope {
  errors: TelnyxError[];
}

/** An answer that Telnyx gives instead of doing the work. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: TelnyxError,
    readonly headers: Record<string, string> = {},
  ) {
    super(`${status} ${error.code} ${error.title}`);
  }

  get envelope(): ErrorEnvelope {
    return { errors: [this.error] };
  }
}

function refuse(status: number, code: string, title: string) {
  return (detail: string, source?: Telnyx.APIError["source"]): Refusal =>
    new Refusal(status, {
      code,
      title,
      detail,
      ...(source && { source }),
      meta: { url: `https://developers.telnyx.com/docs/overview/errors/${code}` },
    });
}

/** Codes and titles: Telnyx API reference, "API error codes". */
export const missingParameter = refuse(400, "10004", "Missing required parameter");
export const notFound = refuse(404, "10005", "Resource not found");
export const methodNotAllowed = refuse(405, "10005", "Resource not found");
export const unexpected = (status: number) => refuse(status, "10007", "Unexpected error");
export const unauthenticated = refuse(401, "10009", "Authentication failed");
export const badRequest = refuse(400, "10015", "Bad Request");
export const notE164 = refuse(400, "10016", "Phone number must be in +E.164 format");
export const unknownReference = refuse(422, "10017", "Associated resource does not exist");
export const invalidJson = refuse(400, "10023", "Invalid JSON");
/** Seen for a setting that does not belong to the endpoint (a messaging profile on a number). */
export const invalidSetting = refuse(422, "10027", "Invalid parameter");
/** What a search without a match answers, instead of an empty list. */
export const noneFound = refuse(400, "10031", "Invalid request filter");
export const insufficientFunds = refuse(402, "20100", "Insufficient Funds");
/** Any other code: what is wrong is in the request itself. */
export const refusedWith = (status: number, code: string) =>
  refuse(status, code, "Invalid request")("The request has a parameter that cannot be used.");
export const numberConflict = refuse(409, "85001", "Conflict");

/** Telnyx API reference, "Rate limiting": the reset header counts seconds. */
export function rateLimited(resetSeconds: number, limit = 10): Refusal {
  const { error } = refuse(429, "10011", "Too many requests")("You have exceeded the limit.");
  return new Refusal(429, error, {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": String(resetSeconds),
  });
}

/** The two answers seen when a number is no longer to be had. */
export function taken(phoneNumber: string, as: "conflict" | "bad_request"): Refusal {
  const detail = `The phone number ${phoneNumber} is no longer available.`;
  return as === "conflict" ? numberConflict(detail) : badRequest(detail);
}
