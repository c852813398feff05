import { assertEquals } from "../../../support/assert.ts";
import { order, outcome, search, withSimulator } from "../support/simulator.ts";

Deno.test("a changed order and a lost answer combine; what stops a request saves the rest", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    const operation = "number_orders.create";
    const [first = "", second = ""] = await search(telnyx, "415", 2);
    simulator.control.setFaults([
      { operation, kind: "order_failed", times: 1 },
      { operation, kind: "reset", when: "after", times: 1 },
    ]);
    assertEquals(await outcome(order(telnyx, [first])), "no answer");
    assertEquals(simulator.control.snapshot().orders.map(({ status }) => status), ["failure"]);
    simulator.control.setFaults([
      { operation, kind: "server_error", times: 1 },
      { operation, kind: "conflict", times: 1 },
    ]);
    assertEquals(await outcome(order(telnyx, [second])), "500 10007");
    assertEquals(await outcome(order(telnyx, [second])), "409 85001");
    assertEquals(await outcome(order(telnyx, [second])), "ok");
  });
});
