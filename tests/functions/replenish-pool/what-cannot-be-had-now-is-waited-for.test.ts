import { assert, assertEquals } from "../../support/assert.ts";
import { phonesOf, register, setVault, sweep, value } from "../../support/pool.ts";
import {
  bought,
  discrepancies,
  purchases,
  type Supply,
  supplyAlerts,
  withSupply,
} from "../../support/supply.ts";

/** What pg_cron and pg_net do, for so many minutes, five at a time. */
async function live(supply: Supply, minutes: number) {
  for (let minute = 0; minute < minutes; minute += 5) {
    await sweep(supply.db);
    await supply.run();
    await supply.pass(300);
  }
}

const planned = ({ db }: Supply) =>
  value<number>(db, "select count(*)::int from phone_pool.purchases");

Deno.test("none in stock for a day: nothing is planned anew, one alert, then all is bought", () =>
  withSupply({ inventory: { default: 0 } }, async (supply) => {
    const { db, simulator } = supply;
    await setVault(db);
    const ids = await register(db, 1);
    await live(supply, 60);
    const before = await planned(supply);
    const asked = simulator.control.snapshot().requests.length;
    await live(supply, 60);
    assertEquals(await planned(supply), before);
    assertEquals(before, 10);
    assert(simulator.control.snapshot().requests.length - asked <= 10 * 12, "asks ever less often");
    assertEquals(await supplyAlerts(supply), ["none_in_stock"]);
    simulator.control.setInventory({ default: "endless" });
    await live(supply, 20);
    assertEquals((await phonesOf(db, ids)).includes(null), false);
    assertEquals(bought(supply).owned, 10);
    assertEquals(await supplyAlerts(supply), []);
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("an order pending for ever: alerts, is not given up, and nobody waits with it", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    await setVault(db);
    await db.query("update phone_pool.settings set batch_size = 3, low_water = 1");
    control.addFault({ operation: "number_orders.create", kind: "order_pending", times: 3 });
    const ids = await register(db, 1);
    await live(supply, 15);
    assertEquals(await phonesOf(db, ids), [null]);
    assertEquals(await planned(supply), 3, "what is on order is counted on at first");
    await live(supply, 15);
    assertEquals((await phonesOf(db, ids)).includes(null), false, "others were bought");
    assertEquals(await supplyAlerts(supply), ["purchase_slow", "purchase_slow", "purchase_slow"]);
    const asked = control.snapshot().requests.length;
    await live(supply, 60);
    assert(control.snapshot().requests.length - asked <= 3 * 7 * 9, "asks ever less often");
    assertEquals(
      (await purchases(supply)).filter(({ status }) => status === "ordered").length,
      3,
    );
    control.settleOrders();
    await live(supply, 15);
    assertEquals(await supplyAlerts(supply), []);
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("an order pending for days: asked about four times a day, told once, and never given up", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    await setVault(db);
    await db.query("update phone_pool.settings set low_water = 0, forecast = false");
    control.addFault({ operation: "number_orders.create", kind: "order_pending", times: 1 });
    await supply.plan();
    await live(supply, 30);
    assertEquals(await supplyAlerts(supply), ["purchase_slow"]);
    await supply.pass(3 * 86_400);
    await live(supply, 15);
    assertEquals(await supplyAlerts(supply), ["purchase_stuck"]);
    const asked = () =>
      value<number>(
        db,
        "select count(*)::int from phone_pool.carrier_requests where operation = 'get_order'",
      );
    const before = await asked() ?? 0;
    for (let hour = 0; hour < 48; hour++) {
      await sweep(db);
      await supply.run();
      await supply.pass(3600);
    }
    const looks = (await asked() ?? 0) - before;
    // Each look polls a little before it lets go.
    assert(looks > 0 && looks <= 9 * 9, `${looks} requests in two days`);
    assertEquals(await supplyAlerts(supply), ["purchase_stuck"]);
    assertEquals((await purchases(supply)).map(({ status }) => status), ["ordered"]);
    control.settleOrders();
    await supply.pass(6 * 3600);
    await live(supply, 15);
    assertEquals((await purchases(supply)).map(({ status }) => status), ["owned"]);
    assertEquals(await supplyAlerts(supply), []);
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("dearer than expected: the real price must fit the budget when a number is chosen", () =>
  withSupply({ monthlyCost: "1.50000", upfrontCost: "0.00000" }, async (supply) => {
    const { db, simulator } = supply;
    await setVault(db);
    await db.query("update phone_pool.settings set monthly_budget_usd = 10");
    await register(db, 1);
    await live(supply, 60);
    // 10 were planned for 1.00 each; six at 1.50 are 9.00, a seventh would be 10.50.
    assertEquals(bought(supply), { orders: 6, numbers: 6, owned: 6 });
    const committed =
      "select committed_usd::text from phone_pool.spending(phone_pool.clock(), false)";
    assertEquals(await value(db, committed), "9.00000");
    assertEquals(await planned(supply), 10, "nothing is planned anew");
    assertEquals(await supplyAlerts(supply), ["budget_reached"]);
    simulator.control.changeSettings({ monthly_cost: "0.50000" });
    await live(supply, 20);
    assertEquals(bought(supply).owned, 8, "9.00 and 2 × 0.50");
    await db.query("update phone_pool.settings set monthly_budget_usd = 100");
    await live(supply, 20);
    assertEquals([bought(supply).owned, await supplyAlerts(supply)], [10, []]);
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("a cap lowered after planning holds all the same", () =>
  withSupply({}, async (supply) => {
    const { db } = supply;
    await setVault(db);
    await supply.plan(10);
    await db.query("update phone_pool.settings set max_numbers = 4");
    await live(supply, 30);
    assertEquals(bought(supply).owned, 4);
    assertEquals(await supplyAlerts(supply), ["budget_reached"]);
    await db.query("update phone_pool.settings set max_numbers = 500");
    await live(supply, 20);
    assertEquals([bought(supply).owned, await supplyAlerts(supply)], [10, []]);
  }));

Deno.test("every purchase fails at Telnyx: others are tried, then it stops and alerts", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    await setVault(db);
    control.addFault({ operation: "number_orders.create", kind: "order_failed" });
    await supply.plan(1);
    await live(supply, 40);
    assertEquals((await purchases(supply)).at(-1)?.status, "failed");
    assertEquals(bought(supply).numbers >= 8, true);
    assertEquals(await supplyAlerts(supply), ["purchase_failing"]);
    assertEquals(await discrepancies(supply), []);
  }));
