import type { FaultRequest } from "../../../supabase/local/simulators/telnyx/mod.ts";
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

const CASES: { name: string; fault: FaultRequest; errorClass: string }[] = [
  {
    name: "the key is wrong",
    fault: { operation: "*", kind: "unauthorized" },
    errorClass: "unauthorized",
  },
  {
    name: "no money",
    fault: { operation: "number_orders.create", kind: "insufficient_funds" },
    errorClass: "insufficient_funds",
  },
  {
    name: "numbers are shown redacted",
    fault: { operation: "available_phone_numbers.list", kind: "redacted_numbers" },
    errorClass: "invalid",
  },
  {
    name: "the search is refused",
    fault: { operation: "available_phone_numbers.list", kind: "bad_request" },
    errorClass: "invalid",
  },
];

const countRequests = ({ simulator }: Supply) => simulator.control.snapshot().requests.length;

async function pauseIsKept(supply: Supply) {
  const asked = countRequests(supply);
  for (let minute = 0; minute < 14; minute++) {
    await supply.pass(60);
    await sweep(supply.db);
    await supply.run();
  }
  assertEquals(countRequests(supply), asked, "nothing is asked while it pauses");
}

for (const { name, fault, errorClass } of CASES) {
  Deno.test(`${name}: stops and alerts at once, tries one after a pause, then goes on`, () =>
    withSupply({}, async (supply) => {
      const { db, simulator: { control } } = supply;
      await setVault(db);
      control.addFault(fault);
      const ids = await register(db, 2);
      const { failed, owned } = await supply.run();
      assertEquals([failed, owned], [10, 0]);
      assertEquals(
        [...new Set((await purchases(supply)).map((row) => row.last_error_class))],
        [errorClass],
      );
      assertEquals(await supplyAlerts(supply), ["purchase_failing"]);
      assertEquals(await value(db, "select count(*)::int from phone_pool.number_requests"), 2);

      await pauseIsKept(supply);
      await supply.pass(120);
      assertEquals((await sweep(db)).plan, 1, "one tries");
      assertEquals((await supply.run()).failed, 1);
      await pauseIsKept(supply);

      control.clearFaults();
      await supply.pass(50 * 60);
      await sweep(db);
      assertEquals((await supply.run()).owned, 11, "one, and its success ends the pause");
      assert((await phonesOf(db, ids)).every((phone) => phone !== null));
      assertEquals(await supplyAlerts(supply), []);
      assertEquals(await discrepancies(supply), []);
    }));
}

Deno.test("after mending it, one order by hand ends the pause at once", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    await setVault(db);
    control.addFault({ operation: "*", kind: "unauthorized" });
    await register(db, 2);
    await supply.run();
    control.clearFaults();
    await sweep(db);
    assertEquals((await supply.run()).owned, 0);
    await supply.plan(1);
    await supply.run();
    await sweep(db);
    await supply.run();
    assert(bought(supply).owned > 2);
    assertEquals(await supplyAlerts(supply), []);
  }));

Deno.test("the carrier is down for an hour: gives up, alerts, and is back by itself", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    await setVault(db);
    control.addFault({ operation: "*", kind: "server_error", status: 503 });
    const ids = await register(db, 1);
    for (let minute = 0; minute < 60; minute += 5) {
      await sweep(db);
      await supply.run();
      await supply.pass(300);
    }
    const failed = (await purchases(supply)).filter(({ status }) => status === "failed");
    assert(failed.length >= 10 && failed.length < 20, `${failed.length} given up`);
    assertEquals(failed[0]?.attempts, 8);
    assertEquals(await supplyAlerts(supply), ["purchase_failing"]);
    control.clearFaults();
    for (let minute = 0; minute < 65; minute += 5) {
      await sweep(db);
      await supply.run();
      await supply.pass(300);
    }
    assertEquals((await phonesOf(db, ids)).includes(null), false);
    assertEquals(await supplyAlerts(supply), []);
    assertEquals(await discrepancies(supply), []);
  }));
