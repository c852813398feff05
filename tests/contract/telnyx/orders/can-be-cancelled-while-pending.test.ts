import { assertEquals } from "../../../support/assert.ts";
import { order, outcome, searchOne, withSimulator } from "../support/simulator.ts";

Deno.test("a pending order can be cancelled through its sub-order, a settled one cannot", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    simulator.control.addFault({ operation: "number_orders.create", kind: "order_pending" });
    const phoneNumber = await searchOne(telnyx);
    const { id = "", sub_number_orders_ids: [subOrder = ""] = [] } = await order(telnyx, [
      phoneNumber,
    ]);
    const { data } = await telnyx.subNumberOrders.cancel(subOrder);
    assertEquals(data?.order_request_id, id);
    const { data: cancelled } = await telnyx.numberOrders.retrieve(id);
    assertEquals(cancelled?.status, "failure");
    assertEquals(cancelled?.phone_numbers?.map((line) => line.status), ["failure"]);
    assertEquals(simulator.control.settleOrders(), 0);
    assertEquals(await outcome(telnyx.subNumberOrders.cancel(subOrder)), "400 10015");
    assertEquals(await outcome(telnyx.subNumberOrders.cancel("nothing")), "404 10005");
    assertEquals(await outcome(telnyx.numberOrders.retrieve("nothing")), "404 10005");
    assertEquals(await searchOne(telnyx), phoneNumber);
  });
});
