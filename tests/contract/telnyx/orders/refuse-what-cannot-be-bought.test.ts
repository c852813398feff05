import { assertEquals } from "../../../support/assert.ts";
import {
  simulatedConnectionId,
  type TelnyxSimulatorOptions,
} from "../../../../supabase/local/simulators/telnyx/mod.ts";
import {
  buy,
  outcome,
  type Scene,
  search,
  searchOne,
  withSimulator,
} from "../support/simulator.ts";

interface Case {
  name: string;
  options?: TelnyxSimulatorOptions;
  order: (scene: Scene) => Promise<{ phone_number: string }[]>;
  connection?: string;
  expected: string;
}

const cases: Case[] = [
  { name: "no numbers", order: () => Promise.resolve([]), expected: "400 10004" },
  {
    name: "a number that is not E.164",
    order: () => Promise.resolve([{ phone_number: "4157208820" }]),
    expected: "400 10016",
  },
  {
    name: "a redacted number",
    order: () => Promise.resolve([{ phone_number: "+1415720xxxx" }]),
    expected: "400 10016",
  },
  {
    name: "a number that no search showed",
    order: () => Promise.resolve([{ phone_number: "+14157208820" }]),
    expected: "400 10015",
  },
  {
    name: "a number that a search showed too long ago",
    order: async ({ telnyx, simulator }) => {
      const phone_number = await searchOne(telnyx);
      simulator.control.forgetSearches();
      return [{ phone_number }];
    },
    expected: "400 10015",
  },
  {
    name: "the same number twice",
    order: async ({ telnyx }) => {
      const phone_number = await searchOne(telnyx);
      return [{ phone_number }, { phone_number }];
    },
    expected: "400 10015",
  },
  {
    name: "a number that is owned already",
    order: async ({ telnyx }) => [{ phone_number: (await buy(telnyx)).phoneNumber }],
    expected: "409 85001",
  },
  {
    name: "a number that another customer took, the other way of saying it",
    options: { takenAs: "bad_request" },
    order: async ({ telnyx, simulator }) => {
      const phone_number = await searchOne(telnyx);
      simulator.control.giveToAnother(phone_number);
      return [{ phone_number }];
    },
    expected: "400 10015",
  },
  {
    name: "one of two numbers taken",
    order: async ({ telnyx, simulator }) => {
      const [first = "", second = ""] = await search(telnyx, "415", 2);
      simulator.control.giveToAnother(second);
      return [{ phone_number: first }, { phone_number: second }];
    },
    expected: "409 85001",
  },
  {
    name: "an unknown connection",
    order: async ({ telnyx }) => [{ phone_number: await searchOne(telnyx) }],
    connection: "1",
    expected: "422 10017",
  },
  {
    name: "more than the balance",
    options: { balance: "1.99" },
    order: async ({ telnyx }) => [{ phone_number: await searchOne(telnyx) }],
    expected: "402 20100",
  },
];

Deno.test("an order that cannot be carried out is refused and buys nothing", async (t) => {
  for (const { name, options = {}, order, connection, expected } of cases) {
    await t.step(name, () =>
      withSimulator(options, async (scene) => {
        const phone_numbers = await order(scene);
        const owned = scene.simulator.control.snapshot().numbers.length;
        const call = scene.telnyx.numberOrders.create({
          phone_numbers,
          connection_id: connection ?? simulatedConnectionId,
        });
        assertEquals(await outcome(call), expected);
        assertEquals(scene.simulator.control.snapshot().numbers.length, owned);
      }));
  }
});
