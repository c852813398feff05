import type { FaultRequest } from "../../../supabase/local/simulators/telnyx/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bought, purchases, type Supply, supplyAlerts, withSupply } from "../../support/supply.ts";

const ORDER = "number_orders.create";
const once = { operation: ORDER, times: 1 } as const;
const DAY = 86_400;

interface Case {
  name: string;
  faults: FaultRequest[];
  /** Numbers ordered; the last one is ours in the end. */
  numbers: number;
  /** Seconds within which that is so, and not before `notBefore`. */
  within: number;
  notBefore?: number;
}

const notFound: FaultRequest = {
  operation: "number_orders.retrieve",
  kind: "refused",
  status: 404,
  code: "10005",
};
const pending: FaultRequest = { ...once, kind: "order_pending" };

const CASES: Case[] = [
  {
    name: "cancelled",
    faults: [{ ...once, kind: "order_ends_as", status: "cancelled" }],
    numbers: 2,
    notBefore: 110,
    within: 300,
  },
  {
    name: "expired",
    faults: [{ ...once, kind: "order_ends_as", status: "expired" }],
    numbers: 2,
    notBefore: 110,
    within: 300,
  },
  {
    name: "cancelled, and bought all the same",
    faults: [{ ...once, kind: "order_ends_as", status: "cancelled", buys: true }],
    numbers: 1,
    within: 60,
  },
  {
    name: "a word that nobody knows, and bought",
    faults: [{ ...once, kind: "order_ends_as", status: "archived", buys: true }],
    numbers: 1,
    within: 60,
  },
  {
    name: "a word that nobody knows, and never ours",
    faults: [{ ...once, kind: "order_ends_as", status: "archived" }],
    numbers: 2,
    notBefore: DAY,
    within: DAY + 7200,
  },
  {
    name: "success, and never ours",
    faults: [{ ...once, kind: "order_ends_as", status: "success" }],
    numbers: 2,
    notBefore: DAY,
    within: DAY + 7200,
  },
  {
    name: "an order that Telnyx knows no more, and its number is ours",
    faults: [pending, notFound],
    numbers: 1,
    within: 120,
  },
  {
    name: "an order that Telnyx knows no more, and nothing was bought",
    faults: [{ ...once, kind: "order_ends_as", status: "cancelled" }, pending, notFound],
    numbers: 2,
    notBefore: 110,
    within: 300,
  },
  {
    name: "the number came to nothing",
    faults: [{ ...once, kind: "not_active", status: "port-failed" }],
    numbers: 2,
    notBefore: 110,
    within: 300,
  },
];

const isOwned = async (supply: Supply) => (await purchases(supply))[0]?.status === "owned";

/** Runs as the sweep starts them until the number is ours; how many seconds that took. */
async function untilOwned(supply: Supply, most: number): Promise<number> {
  const startedAt = supply.time.now();
  const passed = () => (supply.time.now() - startedAt) / 1000;
  while (passed() <= most) {
    await supply.run();
    if (await isOwned(supply)) return passed();
    await supply.pass(passed() < 600 ? 30 : 600);
    supply.simulator.control.settleOrders();
  }
  return Infinity;
}

for (const { name, faults, numbers, within, notBefore = 0 } of CASES) {
  Deno.test(`${name}: ${numbers === 1 ? "that number" : "another number, once it is proven"}`, () =>
    withSupply({}, async (supply) => {
      supply.simulator.control.setFaults(faults);
      await supply.plan();
      const seconds = await untilOwned(supply, within);
      assert(seconds >= notBefore && seconds <= within, `after ${seconds} s`);
      assertEquals(bought(supply).numbers, numbers);
      const { numbers: there } = supply.simulator.control.snapshot();
      const active = there.filter(({ status }) => status === "active");
      assertEquals(active.map(({ phone_number }) => phone_number), [
        (await purchases(supply))[0]?.phone_number,
      ]);
      assertEquals(await supplyAlerts(supply), []);
    }));
}

Deno.test("success, and only a row that was deleted is there: it never came, another number", () =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    control.addFault({ ...once, kind: "order_ends_as", status: "success" });
    await supply.plan();
    await supply.run();
    const [{ phone_number } = { phone_number: null }] = await purchases(supply);
    control.addNumber({ phone_number: phone_number ?? "", status: "ported-out" });
    const seconds = await untilOwned(supply, DAY + 7200);
    assert(seconds >= DAY && seconds < Infinity, `after ${seconds} s`);
    assertEquals(bought(supply).numbers, 2);
  }));
