import Telnyx from "telnyx";
import { assert, assertEquals } from "../../../support/assert.ts";
import { withSimulator } from "../support/simulator.ts";

Deno.test("a rate limit tells in a header after how many seconds it is over", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    simulator.control.addFault({ operation: "*", kind: "rate_limited", reset_seconds: 7 });
    const error = await telnyx.balance.retrieve().then(() => undefined, (error) => error);
    assert(error instanceof Telnyx.RateLimitError);
    assertEquals(error.headers.get("x-ratelimit-reset"), "7");
    assertEquals(error.headers.get("x-ratelimit-remaining"), "0");
  });
});
