import type { FaultRequest } from "../../../supabase/local/simulators/telnyx/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { phonesOf, register, registerOne, value, values } from "../../support/pool.ts";
import {
  bought,
  discrepancies,
  purchases,
  type Supply,
  supplyAlerts,
  withSupply,
} from "../../support/supply.ts";

const operation = "available_phone_numbers.list";
const prices = (monthly_cost: string, upfront_cost: string): FaultRequest => ({
  operation,
  kind: "prices",
  monthly_cost,
  upfront_cost,
});

const searches = ({ simulator }: Supply) =>
  simulator.control.snapshot().requests.filter((request) => request.operation === operation).length;

const DEAR: Record<string, FaultRequest> = {
  "60 dollars a month": prices("60.00", "1.00"),
  "200 dollars a month": prices("200.00000", "0"),
  "200 dollars once": prices("1.00", "200.00"),
  "a price that no column holds": prices("123456789012345678901234567890", "1.00"),
};

for (const [name, fault] of Object.entries(DEAR)) {
  Deno.test(`${name}: not bought, told once, and bought when it is cheaper`, () =>
    withSupply({ lowWater: 5 }, async (supply) => {
      const { db, simulator: { control } } = supply;
      control.addFault(fault);
      const ids = await register(db, 2);
      for (let minute = 0; minute < 60; minute += 5) {
        await supply.run();
        await supply.pass(300);
      }
      assertEquals(bought(supply).orders, 0);
      const classes = (await purchases(supply)).map((row) => row.last_error_class);
      assertEquals([...new Set(classes)], ["price"]);
      assertEquals(await supplyAlerts(supply), ["price_too_high"]);
      assert(searches(supply) <= 10 * (10 + 7), `${searches(supply)} searches in an hour`);
      control.clearFaults();
      for (let minute = 0; minute < 15; minute += 5) {
        await supply.pass(300);
        await supply.run();
      }
      assert((await phonesOf(db, ids)).every((phone) => phone !== null));
      assertEquals(await supplyAlerts(supply), []);
      assertEquals(await discrepancies(supply), []);
    }));
}

Deno.test("one search in a row shows absurd prices: the next one is soon", () =>
  withSupply({}, async (supply) => {
    supply.simulator.control.addFault({ ...prices("60.00", "1.00"), times: 3 });
    const id = await registerOne(supply.db);
    const startedAt = supply.time.now();
    await supply.run();
    assert((await phonesOf(supply.db, [id]))[0]);
    assert(supply.time.now() - startedAt < 120_000);
    assert((await purchases(supply)).every(({ status }) => status === "owned"));
  }));

Deno.test("too dear in the area code that is wanted: the nearest", () =>
  withSupply({}, async (supply) => {
    supply.simulator.control.addFault({ ...prices("60.00", "1.00"), times: 1 });
    const id = await registerOne(supply.db, { areaCode: "202" });
    await supply.run();
    assertEquals((await phonesOf(supply.db, [id]))[0]?.slice(0, 5), "+1771");
    assertEquals(await supplyAlerts(supply), []);
  }));

Deno.test("of several prices the cheapest is bought, and each price is asked about once", () =>
  withSupply({}, async (supply) => {
    const number = (phoneNumber: string, monthlyCost: string | null, upfrontCost = "1.00") => ({
      phoneNumber,
      monthlyCost,
      upfrontCost: monthlyCost === null ? null : upfrontCost,
    });
    const asked: (string | null)[] = [];
    const parts = {
      carrier: {
        ...supply.parts.carrier,
        search: () =>
          Promise.resolve([
            number("+12122040101", null),
            number("+12122040102", "60.00"),
            number("+12122040103", "3.00"),
            number("+12122040104", "3.00", "2.00"),
            number("+12122040105", "200"),
          ]),
      },
      ledger: {
        ...supply.parts.ledger,
        choose: (...[purchase, candidate]: Parameters<typeof supply.parts.ledger.choose>) => {
          asked.push(candidate.monthlyCost);
          return supply.parts.ledger.choose(purchase, candidate);
        },
      },
    };
    await supply.plan();
    await supply.runWith(parts);
    assertEquals(new Set(asked), new Set(["3.00"]), "what costs no less is not asked about");
    assertEquals((await purchases(supply))[0]?.last_error_class, "price");
    assertEquals(
      await value(supply.db, "select last_error from phone_pool.purchases"),
      "The number is too dear: 3.00 a month and 1.00 once, allowed are 2.00000 and 5.00000",
    );
  }));

Deno.test("a price that is not told is bought only where any price is allowed", () =>
  withSupply({ monthlyCost: "1.50000" }, async (supply) => {
    const { db } = supply;
    const blind: typeof supply.parts.carrier = {
      ...supply.parts.carrier,
      search: async (...asked) =>
        (await supply.parts.carrier.search(...asked)).map((candidate) => ({
          ...candidate,
          monthlyCost: null,
          upfrontCost: null,
        })),
    };
    await supply.plan();
    await supply.runWith({ carrier: blind });
    assertEquals([bought(supply).orders, (await purchases(supply))[0]?.last_error_class], [
      0,
      "price",
    ]);
    await db.query("update phone_pool.settings set number_monthly_max_usd = null");
    await supply.pass(900);
    await supply.runWith({ carrier: blind });
    assertEquals(await values(db, "select monthly_cost::text as value from phone_numbers"), [
      "1.00000",
    ]);
  }));
