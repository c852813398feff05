import Telnyx from "telnyx";
import { z } from "zod";

/** What a failed request to Telnyx means; phone_pool.record_purchase_failure() decides what next. */
export type CarrierErrorClass =
  | "taken"
  | "none_in_stock"
  | "order_failed"
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
const NO_ACCESS = new Set(["10009", "10010", "20013"]);

const envelope = z.object({
  errors: z.array(z.object({
    code: z.coerce.string().optional(),
    title: z.string().optional(),
    detail: z.string().optional(),
  })),
});

/**
 * Classifies what the SDK threw.
 * @param changes whether the request may have changed something at Telnyx (an order): then no
 *   answer, or an answer that promises nothing, leaves the outcome unknown
 */
export function classifyCarrierError(error: unknown, changes: boolean): CarrierError {
  if (error instanceof CarrierError) return error;
  if (!(error instanceof Telnyx.APIError)) {
    return new CarrierError(changes ? "unknown_outcome" : "carrier_down", text(error), {}, {
      cause: error,
    });
  }
  const first = envelope.safeParse(error.error).data?.errors[0];
  const code = first?.code;
  const status = error.status;
  const message = [status ?? "no answer", code, first?.detail ?? first?.title ?? text(error)]
    .filter((part) => part !== undefined).join(" ");
  return new CarrierError(classOf(status, code, changes), message, {
    status,
    code,
    retryAfterSeconds: secondsUntilReset(error.headers),
  }, { cause: error });
}

function classOf(
  status: number | undefined,
  code: string | undefined,
  changes: boolean,
): CarrierErrorClass {
  if (code === NOTHING_FOUND && !changes) return "none_in_stock";
  if (code !== undefined && NO_MONEY.has(code) || status === 402) return "insufficient_funds";
  if (code !== undefined && NO_ACCESS.has(code) || status === 401 || status === 403) {
    return "unauthorized";
  }
  if (status === 429) return "rate_limited";
  // 10015 is the generic bad request and also what an order for a sold number gets.
  if (changes && code !== undefined && TAKEN.has(code)) return "taken";
  if (status === undefined || status === 408 || status === 409 || status >= 500) {
    return changes ? "unknown_outcome" : "carrier_down";
  }
  return "invalid";
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
