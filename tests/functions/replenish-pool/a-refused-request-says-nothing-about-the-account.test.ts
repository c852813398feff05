import { assert, assertEquals } from "../../support/assert.ts";
import { phonesOf, register, registerOne, setVault, sweep, value } from "../../support/pool.ts";
import {
  bought,
  discrepancies,
  purchases,
  type Supply,
  supplyAlerts,
  withSupply,
} from "../../support/supply.ts";

const SEARCH = "available_phone_numbers.list";
const ORDER = "number_orders.create";
const CALIFORNIA = ["415", "628", "510", "650"];

const REFUSALS = [
  { status: 422, code: "10027" },
  { status: 400, code: "10015" },
  { status: 404, code: "10005" },
] as const;

const isPaused = ({ db }: Supply) =>
  value<boolean>(db, "select p.is_paused from phone_pool.buying_pause() p");

for (const refusal of REFUSALS) {
  Deno.test(`a search in one area code is refused with ${refusal.status}/${refusal.code}`, async (t) => {
    const refuse = (supply: Supply, areaCodes: string[]) =>
      supply.simulator.control.addFault({
        operation: SEARCH,
        kind: "refused",
        area_codes: areaCodes,
        ...refusal,
      });
    await t.step(
      "that clinic gets the nearest, every other one its own, and nothing pauses",
      () =>
        withSupply({ lowWater: 5 }, async (supply) => {
          refuse(supply, ["202"]);
          const [refused, ordinary, wanted] = [
            await registerOne(supply.db, { areaCode: "202" }),
            await registerOne(supply.db),
            await registerOne(supply.db, { areaCode: "907" }),
          ];
          await supply.run();
          const [near, any, own] = await phonesOf(supply.db, [refused, ordinary, wanted]);
          assertEquals([near?.slice(0, 5), own?.slice(0, 5)], ["+1771", "+1907"]);
          assert(any);
          assertEquals(await isPaused(supply), false);
          assertEquals(await supplyAlerts(supply), []);
          assertEquals(await discrepancies(supply), []);
        }),
    );
    await t.step("in all of a state: any number", () =>
      withSupply({}, async (supply) => {
        refuse(supply, ["202", "771"]);
        const id = await registerOne(supply.db, { areaCode: "202" });
        await supply.run();
        assert((await phonesOf(supply.db, [id]))[0]);
        assertEquals(await isPaused(supply), false);
      }));
    await t.step(
      "asked for by hand: that fails, and nothing else",
      () =>
        withSupply({}, async (supply) => {
          refuse(supply, CALIFORNIA);
          await supply.plan(2, "415");
          await supply.plan(3);
          const { failed, owned } = await supply.run();
          assertEquals([failed, owned], [2, 3]);
          assertEquals(await supplyAlerts(supply), ["none_in_stock"]);
          assertEquals(await isPaused(supply), false);
        }),
    );
  });
}

Deno.test("an order of one number is refused: another number, at once", () =>
  withSupply({}, async (supply) => {
    supply.simulator.control.addFault({
      operation: ORDER,
      kind: "refused",
      status: 422,
      code: "10027",
      times: 2,
    });
    await supply.plan();
    assertEquals((await supply.run()).owned, 1);
    assertEquals(bought(supply), { orders: 3, numbers: 3, owned: 1 });
    assertEquals(await supplyAlerts(supply), []);
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("every order in one area code is refused: the nearest that is not", () =>
  withSupply({ lowWater: 5 }, async (supply) => {
    const { db, simulator: { control } } = supply;
    const [nearest = "", next] = await value<string[]>(
      db,
      "select neighbours from phone_pool.area_codes where area_code = '415'",
    );
    control.addFault({
      operation: ORDER,
      kind: "refused",
      status: 422,
      code: "10027",
      area_codes: ["202", "415", nearest],
    });
    const ids = [
      await registerOne(db, { areaCode: "202" }),
      await registerOne(db, { areaCode: "415" }),
      await registerOne(db),
    ];
    const startedAt = supply.time.now();
    await supply.run();
    const [near, far, any] = await phonesOf(db, ids);
    assertEquals([near?.slice(0, 5), far?.slice(0, 5)], ["+1771", `+1${next}`]);
    assert(any);
    assert(supply.time.now() - startedAt < 120_000);
    assertEquals([await isPaused(supply), await supplyAlerts(supply)], [false, []]);
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("a look that is refused says nothing about the number that was looked for", () =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    control.addFault({ operation: ORDER, kind: "reset", when: "after", times: 1 });
    for (const operation of ["number_orders.list", "phone_numbers.verify_ownership"] as const) {
      control.addFault({ operation, kind: "refused", status: 422, code: "10027", times: 3 });
    }
    await supply.plan();
    for (let minute = 0; minute < 10; minute++) {
      await supply.run();
      await supply.pass(60);
    }
    assertEquals(bought(supply), { orders: 1, numbers: 1, owned: 1 });
    assertEquals((await purchases(supply))[0]?.status, "owned");
    assertEquals(await discrepancies(supply), []);
  }));

Deno.test("every order is refused, also where an area code is wanted: a pause, not a loop", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    await setVault(db);
    control.addFault({ operation: ORDER, kind: "refused", status: 422, code: "10017" });
    const ids = await register(db, 1, { areaCode: "202" });
    for (let minute = 0; minute < 60; minute += 2) {
      await sweep(db);
      await supply.run();
      await supply.pass(120);
    }
    const { orders } = bought(supply);
    assert(orders >= 8 && orders <= 5 * 8, `${orders} orders in an hour`);
    assert((await supplyAlerts(supply)).includes("purchase_failing"));
    control.clearFaults();
    for (let minute = 0; minute < 65; minute += 5) {
      await sweep(db);
      await supply.run();
      await supply.pass(300);
    }
    assert((await phonesOf(db, ids))[0]);
    assertEquals(await supplyAlerts(supply), []);
    assertEquals(await discrepancies(supply), []);
  }));
