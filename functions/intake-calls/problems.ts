import { type ErrorCode, ERRORS } from "../_shared/errors.ts";

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
