import { DatabaseError } from "../../../functions/_shared/database.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { around } from "../../support/mortal.ts";
import { freeNumbers, phonesOf, register, values, waiting } from "../../support/pool.ts";
import { openSession } from "../../support/sessions.ts";
import {
  discrepancies,
  orderCount,
  purchases,
  supplyAlerts,
  withSupply,
} from "../../support/supply.ts";

Deno.test("what is taken while it buys is bought in the same run", () =>
  withSupply({ lowWater: 5 }, async (supply) => {
    const { db } = supply;
    let orders = 0;
    const parts = around(supply.parts, "carrier.order", async (step) => {
      if (++orders === 10) await register(db, 9);
      return await step();
    });
    const { owned } = await supply.runWith(parts);
    assertEquals(owned, 20);
    assert((await freeNumbers(db)).length >= 5);
    assertEquals(
      await values(db, "select phone as value from organizations where phone is null"),
      [],
    );
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("a plan that fails is said, and keeps nothing from being bought", () =>
  withSupply({}, async (supply) => {
    await supply.plan(2);
    const log: string[] = [];
    const parts = around(supply.parts, "ledger.plan", () => Promise.reject(new Error("a test")));
    const { owned } = await supply.runWith(parts, (event) => log.push(event));
    assertEquals(owned, 2);
    assertEquals(log.filter((event) => event === "plan_failed").length, 2);
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("a planner that somebody holds up: what is on order is taken in all the same", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    await db.query("alter function phone_pool.plan() set lock_timeout = '50ms'");
    control.addFault({ operation: "number_orders.create", kind: "order_pending" });
    await supply.plan(2);
    await supply.run();
    control.settleOrders();
    await supply.pass(60);
    const holder = await openSession(db);
    await holder.query("begin");
    await holder.query("update phone_pool.planner set began_at = now() where only_row");
    assertEquals((await supply.run()).owned, 2);
    await holder.query("rollback");
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("an organization that a client holds: its number is in the books, kept for it, and nobody waits", () =>
  withSupply({ lowWater: 5 }, async (supply) => {
    const { db } = supply;
    const [held = ""] = await register(db, 1, { areaCode: "202" });
    const others = await register(db, 3);
    const client = await openSession(db);
    await client.query("begin");
    await client.query("update organizations set name = 'in no hurry' where id = $1", [held]);
    for (let minute = 0; minute < 5; minute++) {
      await supply.run();
      await supply.pass(60);
    }
    assert((await phonesOf(db, others)).every((phone) => phone !== null));
    assertEquals((await purchases(supply)).filter(({ status }) => status !== "owned"), []);
    assertEquals(await waiting(db), [held]);
    const before = orderCount(supply);
    await client.query("commit");
    await supply.run();
    assertEquals((await phonesOf(db, [held]))[0]?.slice(0, 5), "+1202");
    assertEquals(orderCount(supply), before);
    assertEquals(await discrepancies(supply), []);
  }));

for (const sqlstate of ["55P03", "57014"]) {
  Deno.test(`a step that waited in vain for somebody else's transaction (${sqlstate}) is done later, and is no failure`, () =>
    withSupply({}, async (supply) => {
      await supply.plan(2);
      let isHeld = true;
      const parts = around(supply.parts, "ledger.recordOwned", async (step) => {
        if (!isHeld) return await step();
        throw new DatabaseError("record_purchase_owned", sqlstate, "a test");
      });
      for (let minute = 0; minute < 14; minute++) {
        await supply.runWith(parts);
        await supply.pass(60);
      }
      const late = await purchases(supply);
      assertEquals(
        late.map(({ status, attempts, last_error_class }) => [status, attempts, last_error_class]),
        [["ordered", 0, null], ["ordered", 0, null]],
      );
      assertEquals(await supplyAlerts(supply), []);
      isHeld = false;
      await supply.pass(600);
      assertEquals((await supply.runWith(parts)).owned, 2);
      assertEquals(await discrepancies(supply), []);
    }));
}
