/** HTTP status of each Twirp error code (Twirp wire protocol v7, Go implementation 8.1.3). */
export const twirpStatus = {
  canceled: 408,
  unknown: 500,
  invalid_argument: 400,
  malformed: 400,
  deadline_exceeded: 408,
  not_found: 404,
  bad_route: 404,
  already_exists: 409,
  permission_denied: 403,
  unauthenticated: 401,
  resource_exhausted: 429,
  failed_precondition: 412,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  dataloss: 500,
} as const;

export type TwirpCode = keyof typeof twirpStatus;

export const twirpCodes = Object.keys(twirpStatus) as [TwirpCode, ...TwirpCode[]];

/** An error that leaves the server in Twirp's JSON shape. */
export class TwirpFailure extends Error {
  override readonly name = "TwirpFailure";

  constructor(
    readonly code: TwirpCode,
    message: string,
    readonly meta?: Record<string, string>,
  ) {
    super(message);
  }

  toResponse(): Response {
    const body = { code: this.code, msg: this.message, ...(this.meta && { meta: this.meta }) };
    // The SDK reads code and meta only when the content type is exactly this, without a charset.
    return new Response(JSON.stringify(body), {
      status: twirpStatus[this.code],
      headers: { "content-type": "application/json" },
    });
  }
}

/** An error from in front of the Twirp services (token checks): plain text, so without a code. */
export class PlainFailure extends Error {
  override readonly name = "PlainFailure";

  constructor(readonly status: number, message: string) {
    super(message);
  }

  toResponse(): Response {
    return new Response(this.message, {
      status: this.status,
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  }
}
