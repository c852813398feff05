import { assert, assertEquals } from "../../support/assert.ts";
import { openAlerts, values } from "../../support/pool.ts";
import { bought, discrepancies, purchases, type Supply, withSupply } from "../../support/supply.ts";
import type { FaultRequest } from "../../../supabase/local/simulators/telnyx/mod.ts";

const operation = "available_phone_numbers.list";
const FAULTS: Record<string, FaultRequest[]> = {
  "entries that cannot be read": [{ operation, kind: "odd_entries" }],
  "filters that are ignored": [{ operation, kind: "filters_ignored" }],
  "both": [{ operation, kind: "filters_ignored" }, { operation, kind: "odd_entries" }],
};

/** Numbers at Telnyx that nobody wanted. */
const unfit = ({ simulator: { state } }: Supply) =>
  [...state.numbers.values()]
    .filter(({ phoneNumber, monthlyCost }) => state.unfit.has(phoneNumber) || monthlyCost > 200_000)
    .map(({ phoneNumber }) => phoneNumber);

const skipped = ({ db }: Supply) =>
  values<number>(
    db,
    `select distinct skipped_entries as value from phone_pool.carrier_requests
     where operation = 'search'`,
  );

for (const [name, faults] of Object.entries(FAULTS)) {
  Deno.test(`${name}: the others are bought, and it is said once`, async (t) => {
    for (const areaCode of [undefined, "212"]) {
      await t.step(`in area code ${areaCode ?? "any"}`, () =>
        withSupply({}, async (supply) => {
          supply.simulator.control.setFaults(faults);
          await supply.plan(4, areaCode);
          const lines: string[] = [];
          await supply.run((event, fields) => {
            if (event === "entries_skipped") lines.push(`${fields?.operation}: ${fields?.why}`);
          });
          assertEquals(bought(supply), { orders: 4, numbers: 4, owned: 4 });
          assertEquals(unfit(supply), []);
          assertEquals(await discrepancies(supply), []);
          assertEquals(lines.length, 1, lines.join("\n"));
          assert((await skipped(supply)).every((count) => count > 0));
          assertEquals((await openAlerts(supply.db)).filter((kind) => kind === "entries_skipped"), [
            "entries_skipped",
          ]);
        }));
    }
  });
}

Deno.test("nothing but what was not asked for: nothing is bought, and buying goes on elsewhere", () =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    await supply.plan();
    const [claim] = await supply.parts.ledger.claim(1);
    assert(claim);
    const foreign = { phoneNumber: "+14162040101", monthlyCost: "1.00", upfrontCost: "1.00" };
    // The database looks as well, should Telnyx not say that it is Toronto.
    assertEquals(await supply.parts.ledger.choose(claim, foreign), false);
    await supply.parts.ledger.release(claim);
    control.setInventory({ default: 0 });
    control.addFault({ operation, kind: "filters_ignored" });
    await supply.run();
    assertEquals(bought(supply).orders, 0);
    control.setInventory({ default: "endless" });
    await supply.pass(60);
    await supply.run();
    assertEquals((await purchases(supply)).every(({ status }) => status === "owned"), true);
  }));
