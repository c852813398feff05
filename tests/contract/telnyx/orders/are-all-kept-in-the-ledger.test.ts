import { assertEquals } from "../../../support/assert.ts";
import { order, outcome, searchOne, withSimulator } from "../support/simulator.ts";

Deno.test("the ledger keeps every POST of an order, what it did and what the client heard", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    const operation = "number_orders.create";
    const phoneNumber = await searchOne(telnyx);
    simulator.control.addFault({ operation, kind: "server_error", times: 1 });
    simulator.control.addFault({ operation, kind: "reset", when: "after", times: 1 });
    assertEquals(await outcome(order(telnyx, [phoneNumber], "p")), "500 10007");
    assertEquals(await outcome(order(telnyx, [phoneNumber], "p")), "no answer");
    assertEquals(await outcome(order(telnyx, [phoneNumber], "p")), "409 85001");
    const { order_ledger, orders, numbers, spent, grave_errors } = simulator.control.snapshot();
    assertEquals(order_ledger.map(({ executed, answer, code }) => [executed, answer, code]), [
      [false, 500, "10007"],
      [true, "reset", null],
      [false, 409, "85001"],
    ]);
    assertEquals(order_ledger.map((entry) => entry.order_id), [null, orders[0]?.id ?? "", null]);
    assertEquals(numbers.map((number) => number.customer_reference), ["p"]);
    assertEquals(spent, "2.00000");
    assertEquals(grave_errors, []);
  });
});
