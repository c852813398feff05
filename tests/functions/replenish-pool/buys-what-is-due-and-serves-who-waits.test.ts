import { simulatedConnectionId } from "../../../supabase/local/simulators/telnyx/mod.ts";
import { assertEquals } from "../../support/assert.ts";
import { contradictions, freeNumbers, phonesOf, register, values } from "../../support/pool.ts";
import { bought, discrepancies, settle, withSupply } from "../../support/supply.ts";

Deno.test("an empty pool is filled, and who waits is served in order", () =>
  withSupply({ lowWater: 5 }, async (supply) => {
    const { db, simulator } = supply;
    const ids = await register(db, 3);
    assertEquals((await supply.run()).owned, 10);
    const inOrderOfPurchase = await values(
      db,
      "select phone_number as value from public.phone_numbers order by purchased_at, id",
    );
    assertEquals(await phonesOf(db, ids), inOrderOfPurchase.slice(0, 3));
    assertEquals((await freeNumbers(db)).length, 7);
    assertEquals(await contradictions(db), []);
    assertEquals(await discrepancies(supply), []);
    assertEquals(bought(supply), { orders: 10, numbers: 10, owned: 10 });

    const { numbers, requests } = simulator.control.snapshot();
    assertEquals(new Set(numbers.map((number) => number.connection_id)).size, 1);
    assertEquals(numbers[0]?.connection_id, simulatedConnectionId);
    const [search] = requests;
    assertEquals(
      search && new URL(search.path, "http://x").searchParams.get("filter[features]"),
      "voice,emergency",
    );
    assertEquals(
      await values(db, "select distinct ok as value from phone_pool.carrier_requests"),
      [true],
    );
  }));

Deno.test("an order that takes a while is waited for", () =>
  withSupply({}, async (supply) => {
    supply.simulator.control.addFault({
      operation: "number_orders.create",
      kind: "order_pending",
    });
    await supply.plan(2);
    await settle(supply);
    assertEquals(await discrepancies(supply), []);
    assertEquals(bought(supply), { orders: 2, numbers: 2, owned: 2 });
  }));

Deno.test("nothing due: nothing is asked of Telnyx", () =>
  withSupply({}, async (supply) => {
    await supply.run();
    assertEquals(supply.simulator.control.snapshot().requests, []);
  }));
