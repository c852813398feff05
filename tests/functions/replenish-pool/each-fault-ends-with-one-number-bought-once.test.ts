import { assert, assertEquals } from "../../support/assert.ts";
import {
  bought,
  discrepancies,
  orderCount,
  purchases,
  settle,
  supplyAlerts,
  withSupply,
} from "../../support/supply.ts";
import { FAULT_CASES } from "./support/fault-cases.ts";

Deno.test("whatever goes wrong, one number is bought, once", (t) =>
  // Long enough that a request without a fault is answered on a busy machine as well.
  withSupply({ timeout: 2000 }, async (supply) => {
    for (const { name, faults, orders, numbers = 1 } of FAULT_CASES) {
      await t.step(name, async () => {
        const before = orderCount(supply);
        supply.simulator.control.setFaults(faults);
        await supply.plan();
        await settle(supply);
        assertEquals((await purchases(supply))[0]?.status, "owned");
        assertEquals(await discrepancies(supply), []);
        assertEquals(bought(supply, before), { orders, numbers, owned: 1 });
        assertEquals(await supplyAlerts(supply), []);
      });
    }
  }));

Deno.test("a rate limit is kept to: nothing is asked before the time that Telnyx names", () =>
  withSupply({}, async (supply) => {
    supply.simulator.control.addFault({
      operation: "available_phone_numbers.list",
      kind: "rate_limited",
      reset_seconds: 40,
      times: 1,
    });
    await supply.plan();
    const startedAt = supply.time.now();
    assertEquals((await supply.run()).owned, 1);
    assert(supply.time.now() - startedAt >= 40_000);
  }));
