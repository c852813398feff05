import Telnyx from "telnyx";
import { z } from "zod";

/** What a failed request to Telnyx means; phone_pool.record_purchase_failure() decides what next. */
export type CarrierErrorClass =
  | "taken"
  | "none_in_stock"
  | "price"
  | "order_failed"
  | "order_lost"
  | "over_budget"
  | "rate_limited"
  | "carrier_down"
  | "unknown_outcome"
  | "invalid"
  | "unauthorized"
  | "insufficient_funds";

export class CarrierError extends Error {
  override name = "CarrierError";

  constructor(
    readonly errorClass: CarrierErrorClass,
    message: string,
    readonly details: { status?: number; code?: string; retryAfterSeconds?: number } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

// Telnyx error codes, https://developers.telnyx.com/development/api-fundamentals/api-errors; 10031
// and 85001 are not listed there but are what the API answers.
const NOTHING_FOUND = "10031";
const TAKEN = new Set(["85001", "10015"]);
const NO_MONEY = new Set(["20100", "20012"]);
// 20014, 20016 and 20017: the account has not the level that this takes.
const NO_ACCESS = new Set(["10009", "10010", "20013", "20014", "20016", "20017"]);

/**
 * What a request is for, which decides what an error means. A refusal (4xx) of a search, an order
 * or a deletion says that this one cannot be had; a refusal of any other request says nothing about
 * the number that it was about.
 */
export type RequestKind = "search" | "order" | "deletion" | "other";

const optional = z.string().optional().catch(undefined);
const envelope = z.object({
  errors: z.array(z.object({
    code: z.union([z.string(), z.number().transform(String)]).optional().catch(undefined),
    title: optional,
    detail: optional,
  })),
});

/**
 * Classifies what the SDK threw. An order without an answer, or with one that promises nothing,
 * leaves the outcome unknown.
 */
export function classifyCarrierError(error: unknown, kind: RequestKind): CarrierError {
  if (error instanceof CarrierError) return error;
  if (!(error instanceof Telnyx.APIError)) {
    return new CarrierError(unanswered(kind), text(error), {}, { cause: error });
  }
  const first = envelope.safeParse(error.error).data?.errors[0];
  const code = first?.code;
  const status = error.status;
  const message = [status ?? "no answer", code, first?.detail ?? first?.title ?? text(error)]
    .filter((part) => part !== undefined).join(" ");
  return new CarrierError(classOf(status, code, kind), message, {
    status,
    code,
    retryAfterSeconds: secondsUntilReset(error.headers),
  }, { cause: error });
}

function unanswered(kind: RequestKind): CarrierErrorClass {
  return kind === "order" ? "unknown_outcome" : "carrier_down";
}

function classOf(
  status: number | undefined,
  code: string | undefined,
  kind: RequestKind,
): CarrierErrorClass {
  if (code === NOTHING_FOUND && kind === "search") return "none_in_stock";
  if (code !== undefined && NO_MONEY.has(code) || status === 402) return "insufficient_funds";
  if (code !== undefined && NO_ACCESS.has(code) || status === 401 || status === 403) {
    return "unauthorized";
  }
  if (status === 429) return "rate_limited";
  // 10015 is the generic bad request and also what an order for a sold number gets.
  if (kind === "order" && code !== undefined && TAKEN.has(code)) return "taken";
  if (status === undefined || status === 408 || status === 409 || status >= 500) {
    return unanswered(kind);
  }
  return kind === "other" ? "carrier_down" : "invalid";
}

// Seconds, unlike Retry-After's alternatives; the SDK does not read it.
// https://developers.telnyx.com/development/api-fundamentals/reliability/rate-limiting
function secondsUntilReset(headers: Headers | undefined): number | undefined {
  const seconds = Number(headers?.get("x-ratelimit-reset") ?? headers?.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
