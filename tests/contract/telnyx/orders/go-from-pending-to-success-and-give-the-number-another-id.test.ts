import { assert, assertEquals, assertMatch, assertNotEquals } from "../../../support/assert.ts";
import { simulatedConnectionId } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { idOf, order, search, until, withSimulator } from "../support/simulator.ts";

Deno.test("an order is pending, then succeeds; only then the numbers are owned", async () => {
  await withSimulator({ orderDelayMs: 30 }, async ({ simulator, telnyx }) => {
    const phoneNumbers = await search(telnyx, "415", 2);
    const created = await order(telnyx, phoneNumbers, "purchase-7");
    assertEquals(created.status, "pending");
    assertEquals(created.phone_numbers?.map((line) => line.status), ["pending", "pending"]);
    const id = created.id ?? "";
    await until(
      () => simulator.control.snapshot().orders[0]?.status === "success",
      "the order succeeds",
    );
    const { data } = await telnyx.numberOrders.retrieve(id);
    assertEquals(data?.phone_numbers?.map((line) => line.status), ["success", "success"]);
    assertEquals(data?.customer_reference, "purchase-7");
    for (const line of data?.phone_numbers ?? []) {
      const numberId = await idOf(telnyx, line.phone_number ?? "");
      assertNotEquals(numberId, line.id);
      assertMatch(numberId, /^\d{19}$/);
      assert(Number(numberId) > Number.MAX_SAFE_INTEGER);
      const number = await telnyx.phoneNumbers.retrieve(numberId);
      assertEquals(number.data?.connection_id, simulatedConnectionId);
      assertEquals(number.data?.customer_reference, "purchase-7");
    }
  });
});

Deno.test("a pending order owns nothing yet", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    simulator.control.addFault({ operation: "number_orders.create", kind: "order_pending" });
    const phoneNumbers = await search(telnyx, "415");
    await order(telnyx, phoneNumbers);
    const { data } = await telnyx.phoneNumbers.actions.verifyOwnership({
      phone_numbers: phoneNumbers,
    });
    assertEquals(data?.found, []);
    assertEquals(data?.not_found, phoneNumbers);
    assertEquals(simulator.control.settleOrders(), 1);
    await idOf(telnyx, phoneNumbers[0] ?? "");
  });
});
