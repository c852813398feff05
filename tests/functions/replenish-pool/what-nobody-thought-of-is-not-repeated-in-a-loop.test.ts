import { assert, assertEquals } from "../../support/assert.ts";
import { around } from "../../support/mortal.ts";
import {
  bought,
  discrepancies,
  purchases,
  settle,
  supplyAlerts,
  withSupply,
} from "../../support/supply.ts";

Deno.test("a step that fails in an unknown way is tried ever less often, and alerts", () =>
  withSupply({}, async (supply) => {
    await supply.plan();
    let calls = 0;
    const parts = around(supply.parts, "ledger.recordOwned", () => {
      calls += 1;
      return Promise.reject(new Error("a column is missing"));
    });
    for (let minute = 0; minute < 30; minute++) {
      await supply.runWith(parts);
      await supply.pass(60);
    }
    assert(calls >= 8 && calls < 16, `${calls} times in half an hour`);
    assertEquals((await purchases(supply))[0]?.status, "ordered");
    assert((await supplyAlerts(supply)).includes("purchase_failing"));
    await settle(supply);
    assertEquals([bought(supply).orders, await supplyAlerts(supply)], [1, []]);
    assertEquals(await discrepancies(supply), []);
  }));
