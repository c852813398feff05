import { assertEquals } from "../../support/assert.ts";
import { mortal, type StepName } from "../../support/mortal.ts";
import {
  bought,
  discrepancies,
  orderCount,
  purchases,
  settle,
  withSupply,
} from "../../support/supply.ts";

interface Case {
  step: StepName;
  when: "before" | "after";
  /** What the dead worker leaves behind. */
  leaves: "planned" | "ordering" | "ordered" | "owned";
}

const CASES: Case[] = [
  { step: "ledger.plan", when: "before", leaves: "planned" },
  { step: "ledger.plan", when: "after", leaves: "planned" },
  { step: "ledger.claim", when: "after", leaves: "planned" },
  { step: "carrier.search", when: "after", leaves: "planned" },
  { step: "ledger.choose", when: "before", leaves: "planned" },
  { step: "ledger.choose", when: "after", leaves: "ordering" },
  { step: "carrier.order", when: "before", leaves: "ordering" },
  { step: "carrier.order", when: "after", leaves: "ordering" },
  { step: "ledger.recordOrdered", when: "before", leaves: "ordering" },
  { step: "ledger.recordOrdered", when: "after", leaves: "ordered" },
  { step: "carrier.findNumber", when: "before", leaves: "ordered" },
  { step: "carrier.findNumber", when: "after", leaves: "ordered" },
  { step: "ledger.recordOwned", when: "before", leaves: "ordered" },
  { step: "ledger.recordOwned", when: "after", leaves: "owned" },
];

Deno.test("whoever comes after a worker that was killed buys the same number, once", (t) =>
  withSupply({}, async (supply) => {
    for (const { step, when, leaves } of CASES) {
      await t.step(`killed ${when} ${step}`, async () => {
        const before = orderCount(supply);
        await supply.plan();
        const worker = mortal(supply.parts, step, when);
        void supply.runWith(worker.parts);
        await worker.died;
        const [left] = await purchases(supply);
        assertEquals(left?.status, leaves);
        if (step !== "ledger.plan") {
          // Nobody touches it while the lease holds.
          await supply.run();
          assertEquals((await purchases(supply))[0], left);
        }
        await supply.pass(91);
        await settle(supply);
        const [purchase] = await purchases(supply);
        assertEquals(purchase?.status, "owned");
        assertEquals(purchase?.phone_number, left?.phone_number ?? purchase?.phone_number);
        assertEquals(await discrepancies(supply), []);
        assertEquals(bought(supply, before), { orders: 1, numbers: 1, owned: 1 });
      });
    }
  }));

Deno.test("killed while looking for the order of the one that was killed before", (t) =>
  withSupply({}, async (supply) => {
    for (const step of ["carrier.findOrder", "ledger.recordOrdered"] as const) {
      await t.step(step, async () => {
        const before = orderCount(supply);
        await supply.plan();
        const first = mortal(supply.parts, "carrier.order", "after");
        void supply.runWith(first.parts);
        await first.died;
        await supply.pass(91);
        const second = mortal(supply.parts, step, "after");
        void supply.runWith(second.parts);
        await second.died;
        await supply.pass(91);
        await settle(supply);
        assertEquals(await discrepancies(supply), []);
        assertEquals(bought(supply, before), { orders: 1, numbers: 1, owned: 1 });
      });
    }
  }));

Deno.test("killed before the order, and the number sold to somebody else meanwhile: another one", () =>
  withSupply({}, async (supply) => {
    await supply.plan();
    const worker = mortal(supply.parts, "carrier.order", "before");
    void supply.runWith(worker.parts);
    await worker.died;
    const [left] = await purchases(supply);
    supply.simulator.control.giveToAnother(left?.phone_number ?? "");
    await supply.pass(91);
    await supply.run();
    assertEquals(
      (await purchases(supply))[0]?.phone_number,
      left?.phone_number,
      "not proven within two minutes: the order of the dead may still be under way",
    );
    await settle(supply);
    assertEquals((await purchases(supply))[0]?.status, "owned");
    assertEquals(await discrepancies(supply), []);
    assertEquals(bought(supply).numbers, 2);
  }));
