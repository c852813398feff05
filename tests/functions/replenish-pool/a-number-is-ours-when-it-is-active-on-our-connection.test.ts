import { simulatedConnectionId } from "../../../supabase/local/simulators/telnyx/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { value } from "../../support/pool.ts";
import {
  bought,
  discrepancies,
  purchases,
  settle,
  supplyAlerts,
  withSupply,
} from "../../support/supply.ts";

const ORDER = "number_orders.create";
const once = { operation: ORDER, times: 1 } as const;

const STATUSES = [
  "purchase-pending",
  "port-pending",
  "provision-pending",
  "emergency-only",
  "requirement-info-pending",
  "requirement-info-under-review",
  "requirement-info-exception",
  "port-out-pending",
] as const;

for (const status of STATUSES) {
  Deno.test(`the number is ${status}: it is no number of ours until it is active, and no other is bought`, () =>
    withSupply({}, async (supply) => {
      const { db, simulator: { control } } = supply;
      control.addFault({ ...once, kind: "not_active", status });
      await supply.plan();
      for (let hours = 0; hours < 78; hours += 6) {
        await supply.run();
        await supply.pass(6 * 3600);
      }
      await supply.run();
      assertEquals((await purchases(supply))[0]?.status, "ordered");
      assertEquals(await value(db, "select count(*)::int from public.phone_numbers"), 0);
      assertEquals(bought(supply).orders, 1);
      assert((await supplyAlerts(supply)).length > 0, "somebody is told");
      const [number] = control.snapshot().numbers;
      control.changeNumber(number?.phone_number ?? "", { status: "active" });
      await supply.pass(6 * 3600);
      await settle(supply);
      assertEquals((await purchases(supply))[0]?.status, "owned");
      assertEquals(await discrepancies(supply), []);
      assertEquals(await supplyAlerts(supply), []);
    }));
}

Deno.test("a number that is active a little later than its order is waited for", () =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    control.addFault({ operation: ORDER, kind: "not_active" });
    await supply.plan(3);
    await settle(supply, () => {
      for (const { phone_number } of control.snapshot().numbers) {
        control.changeNumber(phone_number, { status: "active" });
      }
    });
    assertEquals(bought(supply), { orders: 3, numbers: 3, owned: 3 });
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("a number on no connection, or on another, is put on ours before it is handed out", async (t) => {
  for (const connection_id of [null, "1234567890123456789"]) {
    await t.step(`on ${connection_id ?? "none"}`, () =>
      withSupply({}, async (supply) => {
        const { control, state } = supply.simulator;
        control.addFault({ operation: ORDER, kind: "wrong_connection", connection_id });
        // What cannot be linked is not recorded.
        control.addFault({ operation: "phone_numbers.update", kind: "server_error", times: 1 });
        await supply.plan(2);
        await settle(supply);
        assertEquals(bought(supply), { orders: 2, numbers: 2, owned: 2 });
        const { numbers } = control.snapshot();
        assertEquals(numbers.map((number) => number.connection_id), [
          simulatedConnectionId,
          simulatedConnectionId,
        ]);
        const operations = state.requests.map(({ operation }) => operation);
        const patch = operations.lastIndexOf("phone_numbers.update");
        assert(operations.indexOf("phone_numbers.retrieve", patch) > patch, "it is read again");
        assertEquals(await discrepancies(supply), []);
      }));
  }
});

Deno.test("a row of a number that was deleted, beside the one that was bought: the active one", () =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    control.addFault({ operation: ORDER, kind: "order_pending", times: 1 });
    await supply.plan();
    await supply.run();
    const [{ phone_number } = { phone_number: null }] = await purchases(supply);
    control.addNumber({ phone_number: phone_number ?? "", status: "deleted" });
    control.addNumber({ phone_number: phone_number ?? "", status: "ported-out" });
    control.settleOrders();
    await supply.pass(60);
    await settle(supply);
    assertEquals(await discrepancies(supply), []);
    assertEquals((await purchases(supply))[0]?.status, "owned");
  }));
