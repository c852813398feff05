import Telnyx from "telnyx";
import { classifyCarrierError } from "../../../../functions/_shared/carrier-errors.ts";
import { assertEquals } from "../../../support/assert.ts";

const CASES: [headers: Record<string, string>, seconds: number | undefined][] = [
  [{ "x-ratelimit-reset": "17" }, 17],
  [{ "x-ratelimit-reset": "0.2" }, 1],
  [{ "x-ratelimit-reset": "17", "retry-after": "60" }, 17],
  [{ "retry-after": "60" }, 60],
  [{ "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }, undefined],
  [{}, undefined],
];

for (const [headers, seconds] of CASES) {
  Deno.test(`${JSON.stringify(headers)}: ${seconds} seconds`, () => {
    const error = Telnyx.APIError.generate(429, undefined, "a test", new Headers(headers));
    const { errorClass, details } = classifyCarrierError(error, "search");
    assertEquals([errorClass, details.retryAfterSeconds], ["rate_limited", seconds]);
  });
}
