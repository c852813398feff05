import { assertEquals } from "../../../support/assert.ts";
import { buy, order, searchOne, withSimulator } from "../support/simulator.ts";

Deno.test("the balance falls with each number, and pending orders count as spent", async () => {
  await withSimulator({ balance: "10.00" }, async ({ simulator, telnyx }) => {
    await buy(telnyx);
    simulator.control.addFault({ operation: "number_orders.create", kind: "order_pending" });
    await order(telnyx, [await searchOne(telnyx)]);
    const { data } = await telnyx.balance.retrieve();
    assertEquals(data, {
      record_type: "balance",
      balance: "8.00",
      credit_limit: "0.00",
      available_credit: "6.00",
      pending: "2.00",
      currency: "USD",
    });
  });
});
