import { type ErrorCode, ERRORS } from "./error-registry.ts";

export { type ErrorCode, ERRORS };

const BY_SQLSTATE = new Map(
  Object.entries(ERRORS).flatMap(([code, { sqlstate }]) => sqlstate ? [[sqlstate, code]] : []),
);

export interface AppErrorOptions extends ErrorOptions {
  /** Another status than the registry's. */
  status?: number;
  /** When the request would be allowed, and in how many seconds. */
  retryAt?: string | null;
  retryAfterSeconds?: number | null;
  /** The method that would be allowed. */
  allow?: string;
}

/** An error whose code and detail may be shown to the caller. */
export class AppError extends Error {
  readonly status: number;
  readonly retryAt?: string;
  readonly retryAfterSeconds?: number;
  readonly allow?: string;

  constructor(
    readonly code: ErrorCode,
    /** What the caller reads; the registry's message when not given. */
    readonly detail: string = ERRORS[code].message,
    options: AppErrorOptions = {},
  ) {
    super(detail, options);
    this.name = "AppError";
    this.status = options.status ?? ERRORS[code].status;
    this.retryAt = options.retryAt ?? undefined;
    this.retryAfterSeconds = options.retryAfterSeconds ?? undefined;
    this.allow = options.allow;
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
