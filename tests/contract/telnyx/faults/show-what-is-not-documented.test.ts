import { assert, assertEquals } from "../../../support/assert.ts";
import { buy, order, outcome, search, searchOne, withSimulator } from "../support/simulator.ts";

const SEARCH = "available_phone_numbers.list";
const isOdd = (entry: unknown) =>
  typeof entry !== "object" || entry === null || !("phone_number" in entry) ||
  typeof entry.phone_number !== "string";

Deno.test("every list can have entries that cannot be read, among those that can", () =>
  withSimulator({}, async ({ simulator, telnyx }) => {
    const { control } = simulator;
    const { id, phoneNumber } = await buy(telnyx);
    const lists = {
      [SEARCH]: async () =>
        (await telnyx.availablePhoneNumbers.list({
          filter: { country_code: "US", limit: 30 },
        })).data ?? [],
      "phone_numbers.list": async () => (await telnyx.phoneNumbers.list()).data,
      "phone_numbers.slim_list": async () => (await telnyx.phoneNumbers.slimList()).data,
      "number_orders.list": async () => (await telnyx.numberOrders.list()).data,
      "phone_numbers.verify_ownership": async () =>
        (await telnyx.phoneNumbers.actions.verifyOwnership({ phone_numbers: [phoneNumber] }))
          .data?.found ?? [],
    } as const;
    for (const [operation, list] of Object.entries(lists)) {
      const usual: unknown[] = await list();
      const fault = control.addFault({
        operation: operation as keyof typeof lists,
        kind: "odd_entries",
      });
      const odd: unknown[] = await list();
      control.clearFaults(fault);
      assert(odd.filter(isOdd).length > usual.filter(isOdd).length, operation);
      assert(odd.includes(null), operation);
    }
    assertEquals((await telnyx.phoneNumbers.retrieve(id)).data?.phone_number, phoneNumber);
  }));

Deno.test("a number whose price cannot be read is for sale, and dear", () =>
  withSimulator({}, async ({ simulator, telnyx }) => {
    simulator.control.addFault({ operation: SEARCH, kind: "odd_entries" });
    const filter = { country_code: "US", limit: 30 };
    const { data = [] } = await telnyx.availablePhoneNumbers.list({ filter });
    const unpriced = data.find((entry) =>
      entry?.phone_number?.length === 12 && entry.cost_information === null
    );
    assertEquals(await outcome(order(telnyx, [unpriced?.phone_number ?? ""])), "ok");
    assertEquals(simulator.control.snapshot().spent, "120.00000");
  }));

Deno.test("what a search shows as the price is charged, and no other search shows those numbers", () =>
  withSimulator({}, async ({ simulator, telnyx }) => {
    const { control } = simulator;
    const prices = { monthly_cost: "60.00000", upfront_cost: "2.50000" };
    control.addFault({ operation: SEARCH, kind: "prices", ...prices, times: 1 });
    const filter = { country_code: "US", national_destination_code: "415", limit: 2 };
    const { data = [] } = await telnyx.availablePhoneNumbers.list({ filter });
    assertEquals(data[0]?.cost_information, { ...prices, currency: "USD" });
    const [first = "", second = ""] = data.map((entry) => entry.phone_number ?? "");
    await order(telnyx, [first]);
    assertEquals(control.snapshot().spent, "62.50000");
    const usual = await searchOne(telnyx, "415");
    assertEquals([first, second].includes(usual), false);
    await order(telnyx, [usual]);
    assertEquals(control.snapshot().spent, "64.50000");
    control.changeSettings({ balance: "100" });
    control.addFault({ operation: SEARCH, kind: "prices", ...prices });
    assertEquals(await outcome(order(telnyx, [await searchOne(telnyx)])), "402 20100");
  }));

Deno.test("filters can be ignored: what was not asked for is shown first, and can be bought", () =>
  withSimulator({}, async ({ simulator, telnyx }) => {
    simulator.control.addFault({ operation: SEARCH, kind: "filters_ignored" });
    const filter = { country_code: "US", national_destination_code: "415", limit: 3 };
    const { data = [] } = await telnyx.availablePhoneNumbers.list({ filter });
    const unfit = data.slice(0, -3).map((entry) => entry.phone_number ?? "");
    assertEquals(
      new Set(unfit.map((number) => number.slice(0, 5))),
      new Set(["+1416", "+1833", "+1900", "+1787", "+1212"]),
    );
    for (const number of unfit) assertEquals(await outcome(order(telnyx, [number])), "ok");
    assertEquals(simulator.control.snapshot().numbers.length, unfit.length);
  }));

Deno.test("one area code can be refused, in searches and in orders, and the others not", () =>
  withSimulator({}, async ({ simulator, telnyx }) => {
    const { control } = simulator;
    const phoneNumber = await searchOne(telnyx, "415");
    control.addFault({
      operation: "*",
      kind: "refused",
      status: 422,
      code: "10027",
      area_codes: ["415"],
    });
    assertEquals(await outcome(search(telnyx, "415")), "422 10027");
    assertEquals(await outcome(order(telnyx, [phoneNumber])), "422 10027");
    assertEquals(await outcome(order(telnyx, [await searchOne(telnyx, "212")])), "ok");
    assertEquals(await outcome(telnyx.phoneNumbers.list()), "ok");
  }));

Deno.test("an order can end with a word that is not documented, bought or not", async (t) => {
  for (const [status, buys] of [["cancelled", false], ["expired", true]] as const) {
    await t.step(
      `${status}, ${buys ? "" : "not "}bought`,
      () =>
        withSimulator({}, async ({ simulator, telnyx }) => {
          const phoneNumber = await searchOne(telnyx);
          simulator.control.addFault({
            operation: "number_orders.create",
            kind: "order_ends_as",
            status,
            buys,
          });
          const { id = "" } = await order(telnyx, [phoneNumber]);
          const { data } = await telnyx.numberOrders.retrieve(id);
          assertEquals([data?.status, data?.phone_numbers?.[0]?.status].map(String), [
            status,
            status,
          ]);
          assertEquals(simulator.control.snapshot().numbers.length, buys ? 1 : 0);
          simulator.control.clearFaults();
          assertEquals(await outcome(order(telnyx, [phoneNumber])), buys ? "409 85001" : "ok");
        }),
    );
  }
});
