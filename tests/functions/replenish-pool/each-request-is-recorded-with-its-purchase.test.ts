import { assert, assertEquals } from "../../support/assert.ts";
import { retireOne, runRelease } from "../../support/account.ts";
import { value, values } from "../../support/pool.ts";
import { discrepancies, settle, withSupply } from "../../support/supply.ts";

const WITHOUT = `select operation || ' ' || id as value from phone_pool.carrier_requests
  where purchase_id is null or purchase_id not in (select id from phone_pool.purchases)`;
const OPERATIONS = `select array_agg(distinct operation order by operation) as value
  from phone_pool.carrier_requests`;

Deno.test("a request to Telnyx is on record with the purchase that it was made for", () =>
  withSupply({}, async (supply) => {
    const { db, simulator } = supply;
    simulator.control.addFault({ operation: "number_orders.create", kind: "order_pending" });
    // One order gets no answer, so that it is looked for.
    simulator.control.addFault({
      operation: "number_orders.create",
      kind: "reset",
      when: "after",
      times: 1,
    });
    await supply.plan(4);
    await settle(supply);
    assertEquals(await discrepancies(supply), []);
    assertEquals(await values(db, WITHOUT), []);
    assertEquals(await value(db, OPERATIONS), [
      "find_order",
      "get_number",
      "get_order",
      "order",
      "search",
      "verify_ownership",
    ]);
    assertEquals(
      await values(
        db,
        `select count(distinct purchase_id)::int as value from phone_pool.carrier_requests
         where operation = 'order'`,
      ),
      [4],
    );

    await supply.pass(86_400);
    const number = await retireOne(supply);
    await runRelease(supply);
    assertEquals(await values(db, WITHOUT), []);
    const given = await values<string>(
      db,
      `select r.operation as value from phone_pool.carrier_requests r
       join public.phone_numbers n using (purchase_id)
       where n.phone_number = $1 and r.operation in ('get_number', 'delete_number')`,
      [number],
    );
    assert(given.includes("get_number") && given.includes("delete_number"), given.join());
  }));
