import { assertEquals } from "../../../support/assert.ts";
import { order, outcome, searchOne, until, withSimulator } from "../support/simulator.ts";

Deno.test("with work_delay_ms the order appears only after the client has looked", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    const phoneNumber = await searchOne(telnyx);
    simulator.control.addFault({
      operation: "number_orders.create",
      kind: "reset",
      when: "after",
      work_delay_ms: 300,
    });
    assertEquals(await outcome(order(telnyx, [phoneNumber], "late")), "no answer");
    const filter = { customer_reference: "late" };
    assertEquals((await telnyx.numberOrders.list({ filter })).data, []);
    await until(() => simulator.control.snapshot().numbers.length === 1, "the number is owned");
    assertEquals((await telnyx.numberOrders.list({ filter })).data.length, 1);
  });
});
