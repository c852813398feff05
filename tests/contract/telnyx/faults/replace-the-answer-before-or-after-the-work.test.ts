import { assertEquals } from "../../../support/assert.ts";
import type { FaultRequest } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { order, outcome, searchOne, withSimulator } from "../support/simulator.ts";

const operation = "number_orders.create";
const cases: { fault: FaultRequest; expected: string; bought: number; timeout?: number }[] = [
  { fault: { operation, kind: "latency", ms: 20 }, expected: "ok", bought: 1 },
  { fault: { operation, kind: "timeout" }, expected: "timed out", bought: 0, timeout: 200 },
  {
    fault: { operation, kind: "timeout", when: "after" },
    expected: "timed out",
    bought: 1,
    timeout: 200,
  },
  { fault: { operation, kind: "reset" }, expected: "no answer", bought: 0 },
  { fault: { operation, kind: "reset", when: "after" }, expected: "no answer", bought: 1 },
  { fault: { operation, kind: "rate_limited" }, expected: "429 10011", bought: 0 },
  { fault: { operation, kind: "server_error" }, expected: "500 10007", bought: 0 },
  {
    fault: { operation, kind: "server_error", status: 503, when: "after" },
    expected: "503 10007",
    bought: 1,
  },
  {
    fault: { operation, kind: "server_error", status: 502, html: true },
    expected: "502 without a code",
    bought: 0,
  },
  { fault: { operation, kind: "unauthorized" }, expected: "401 10009", bought: 0 },
  { fault: { operation, kind: "bad_request" }, expected: "400 10015", bought: 0 },
  { fault: { operation, kind: "conflict" }, expected: "409 85001", bought: 0 },
  { fault: { operation, kind: "conflict", when: "after" }, expected: "409 85001", bought: 1 },
  { fault: { operation, kind: "insufficient_funds" }, expected: "402 20100", bought: 0 },
];

Deno.test("a fault replaces or loses the answer, and the work is done or not as it says", async (t) => {
  for (const { fault, expected, bought, timeout } of cases) {
    await t.step(
      JSON.stringify(fault),
      () =>
        withSimulator({}, async ({ simulator, telnyx, client }) => {
          const phoneNumber = await searchOne(telnyx);
          simulator.control.addFault(fault);
          const asked = client({ timeout: timeout ?? 10_000 });
          assertEquals(await outcome(order(asked, [phoneNumber])), expected);
          const { numbers, order_ledger } = simulator.control.snapshot();
          assertEquals(numbers.length, bought);
          assertEquals(order_ledger.map((entry) => entry.executed), [bought === 1]);
          assertEquals(order_ledger[0]?.faults, [fault.kind]);
        }),
    );
  }
});
