import { createBudget } from "../../../functions/_shared/budget.ts";
import type { Presence } from "../../../functions/_shared/rooms.ts";
import type { Telephony } from "../../../functions/_shared/telephony.ts";
import { agentAndPermit } from "../../../functions/intake-calls/agent-and-permit.ts";
import type { Calls } from "../../../functions/intake-calls/calls.ts";
import type { IntakeCall } from "../../../functions/intake-calls/schema.ts";
import { assertEquals } from "../../support/assert.ts";

const PERMIT = {
  caller_id: "+19712656795",
  callee: "+12125550123",
  ringing_seconds: 40,
  max_call_minutes: 60,
  media_encryption: "allow" as const,
};
const CALL = { id: "1", room_name: "call-1", agent_wait_seconds: 6 } as IntakeCall;

/** An agent that is on its way in at once, and can be heard after so many real milliseconds. */
function withAgentAfter(milliseconds: number) {
  const began = performance.now();
  const look = (): Presence => {
    const isThere = performance.now() - began >= milliseconds;
    return { agents: isThere ? ["agent"] : [], isAgentComing: !isThere, hasPhone: false };
  };
  const telephony = {
    look: () => Promise.resolve(look()),
    ping: () => Promise.resolve("alive"),
  } as unknown as Telephony;
  const calls = { start: () => Promise.resolve(PERMIT) } as unknown as Calls;
  const delay = (wait: number) => new Promise<void>((resolve) => setTimeout(resolve, wait));
  return agentAndPermit(CALL, { calls, telephony, delay, budget: createBudget(10_000) })
    .then(({ permit }) => permit.caller_id, ({ code }) => code);
}

// Three real seconds: the limit itself is what is tested. In them the number may have changed hands.
Deno.test("a permit is dialled with at once, or not at all", async () => {
  assertEquals(
    await Promise.all([withAgentAfter(0), withAgentAfter(3200)]),
    [PERMIT.caller_id, "permit_expired"],
  );
});
