import { assertEquals } from "../../support/assert.ts";
import { mortal } from "../../support/mortal.ts";
import { bought, discrepancies, purchases, settle, withSupply } from "../../support/supply.ts";

Deno.test("our own order, pending and not visible: taken is not believed, no other number", () =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    control.setFaults([{ operation: "number_orders.create", kind: "order_pending", times: 1 }]);
    await supply.plan();
    const worker = mortal(supply.parts, "carrier.order", "after");
    void supply.runWith(worker.parts);
    await worker.died;
    const [left] = await purchases(supply);
    control.setFaults([{ operation: "number_orders.list", kind: "not_visible" }]);
    await supply.pass(91);
    await supply.run();
    const [purchase] = await purchases(supply);
    assertEquals(purchase?.last_error_class, "taken");
    assertEquals(
      [purchase?.status, purchase?.phone_number],
      ["ordering", left?.phone_number],
    );
    control.clearFaults();
    control.settleOrders();
    await settle(supply);
    assertEquals((await purchases(supply))[0]?.phone_number, left?.phone_number);
    assertEquals(await discrepancies(supply), []);
    assertEquals(bought(supply).numbers, 1);
  }));

Deno.test("found at Telnyx and added by hand meanwhile: the purchase is that number's", () =>
  withSupply({}, async (supply) => {
    await supply.plan();
    const worker = mortal(supply.parts, "carrier.order", "after");
    void supply.runWith(worker.parts);
    await worker.died;
    const [number] = supply.simulator.control.snapshot().numbers;
    const { phone_number, id } = number ?? {};
    await supply.db.query("select import_phone_number($1, $2)", [phone_number, id]);
    await supply.pass(91);
    await settle(supply);
    assertEquals((await purchases(supply))[0]?.status, "owned");
    assertEquals(await discrepancies(supply), []);
    assertEquals(
      await supply.db.query(
        `select numbers::int, committed_usd::float8
         from phone_pool.spending(phone_pool.clock())`,
      ),
      [{ numbers: 1, committed_usd: 2 }],
    );
  }));
