import { assert, assertEquals } from "../../support/assert.ts";
import { around, mortal, sleeper, type StepName } from "../../support/mortal.ts";
import {
  bought,
  discrepancies,
  orderCount,
  purchases,
  settle,
  withSupply,
} from "../../support/supply.ts";

Deno.test("two workers at once share the purchases", () =>
  withSupply({}, async (supply) => {
    await supply.plan(12);
    const [one, other] = await Promise.all([supply.run(), supply.run()]);
    assertEquals(one.owned + other.owned, 12);
    assertEquals(one.interrupted + other.interrupted, 0);
    assertEquals(await discrepancies(supply), []);
    assertEquals(bought(supply), { orders: 12, numbers: 12, owned: 12 });
  }));

const STEPS: { step: StepName; when: "before" | "after"; mayOrder: boolean }[] = [
  { step: "carrier.search", when: "after", mayOrder: false },
  { step: "ledger.choose", when: "before", mayOrder: false },
  { step: "ledger.choose", when: "after", mayOrder: false },
  // Asleep in the middle of the request itself: the same number, which nobody can buy twice.
  { step: "carrier.order", when: "before", mayOrder: true },
  { step: "carrier.order", when: "after", mayOrder: true },
  { step: "ledger.recordOrdered", when: "before", mayOrder: true },
  { step: "ledger.recordOwned", when: "before", mayOrder: true },
];

Deno.test("a worker that slept through its lease is told so and orders nothing else", (t) =>
  withSupply({}, async (supply) => {
    for (const { step, when, mayOrder } of STEPS) {
      await t.step(`asleep ${when} ${step}`, async () => {
        const before = orderCount(supply);
        await supply.plan();
        const worker = sleeper(supply.parts, step, when);
        const run = supply.runWith(worker.parts);
        await worker.asleep;
        // The run has asked for more to claim: it must be answered before its own lease is over.
        await supply.parts.ledger.secondsUntilDue();
        await supply.pass(91);
        await settle(supply);
        const [purchase] = await purchases(supply);
        const sent = orderCount(supply);
        worker.wake();
        const { owned, interrupted } = await run;
        assertEquals([owned, interrupted], [0, 1]);
        assert(mayOrder || orderCount(supply) === sent, "the late worker ordered");
        assertEquals((await purchases(supply))[0], purchase);
        assertEquals(await discrepancies(supply), []);
        assertEquals(bought(supply, before).owned, 1);
        assertEquals(bought(supply, before).numbers, 1);
      });
    }
  }));

Deno.test("an order of unknown outcome that arrives late is the one that counts", (t) =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    // Telnyx does the work after the client was cut off: a look in between finds nothing.
    for (const work_delay_ms of [10, 30]) {
      await t.step(`done ${work_delay_ms} ms later`, async () => {
        const before = orderCount(supply);
        const operation = "number_orders.create";
        control.setFaults([{ operation, kind: "reset", when: "after", work_delay_ms, times: 1 }]);
        await supply.plan();
        // The second order of the same number fails, before the first is there.
        const parts = around(supply.parts, "ledger.recordFailure", async (step) => {
          control.addFault({ operation, kind: "order_failed", times: 1 });
          return await step();
        });
        await supply.runWith(parts);
        await settle(supply);
        assertEquals((await purchases(supply))[0]?.status, "owned");
        assertEquals(await discrepancies(supply), []);
        assertEquals(bought(supply, before).owned, 1);
        control.clearFaults();
      });
    }
  }));

Deno.test("an order that failed is not the last word while another one may be under way", () =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    await supply.plan();
    // Its order is on the way, and arrives late.
    const first = sleeper(supply.parts, "carrier.order", "before");
    const run = supply.runWith(first.parts);
    await first.asleep;
    await supply.pass(91);
    control.addFault({ operation: "number_orders.create", kind: "order_failed", times: 1 });
    const second = mortal(supply.parts, "ledger.recordFailure", "after");
    void supply.runWith(second.parts);
    await second.died;
    first.wake();
    await run;
    await settle(supply);
    assertEquals((await purchases(supply))[0]?.status, "owned");
    assertEquals(await discrepancies(supply), []);
    assertEquals(bought(supply), { orders: 2, numbers: 1, owned: 1 });
  }));
