import { assert, assertEquals } from "../../support/assert.ts";
import type { Ledger } from "../../../functions/replenish-pool/ledger.ts";
import { values } from "../../support/pool.ts";
import { discrepancies, purchases, type Supply, withSupply } from "../../support/supply.ts";

/** The ledger, and which of its steps a run took. */
function watched(ledger: Ledger): { ledger: Ledger; steps: string[] } {
  const steps: string[] = [];
  return {
    steps,
    ledger: {
      ...ledger,
      claim: (limit) => (steps.push("claim"), ledger.claim(limit)),
      secondsUntilDue: () => (steps.push("secondsUntilDue"), ledger.secondsUntilDue()),
    },
  };
}

async function runWatched(supply: Supply) {
  const { ledger, steps } = watched(supply.parts.ledger);
  return { totals: await supply.runWith({ ledger }), steps };
}

const NOTHING = { owned: 0, retrying: 0, failed: 0, cancelled: 0, interrupted: 0 };

Deno.test("a run that finds nothing to claim looks once, and waits for nothing", (t) =>
  withSupply({}, async (supply) => {
    const cases = {
      "nothing planned": async () => {},
      "somebody else has it": async () => {
        await supply.plan();
        await supply.parts.ledger.claim(1);
      },
      "due in five seconds": async () => {
        await supply.plan();
        await supply.db.query(
          `update phone_pool.purchases
           set next_attempt_at = phone_pool.clock() + interval '5 seconds'
           where claim_token is null`,
        );
      },
    };
    for (const [name, prepare] of Object.entries(cases)) {
      await t.step(name, async () => {
        await prepare();
        assertEquals(await runWatched(supply), { totals: NOTHING, steps: ["claim"] });
      });
    }
  }));

Deno.test("40 nudges at once: 50 purchases under way at most, and all are done in the end", () =>
  withSupply({}, async (supply) => {
    await supply.plan(80);
    let most = 0;
    const claim: Ledger["claim"] = async (limit) => {
      const claimed = await supply.parts.ledger.claim(limit);
      const [live = 0] = await values<number>(
        supply.db,
        `select count(*)::int as value from phone_pool.purchases
         where status in ('planned', 'ordering', 'ordered') and lease_until > phone_pool.clock()`,
      );
      most = Math.max(most, live);
      return claimed;
    };
    const ledger = { ...supply.parts.ledger, claim };
    const totals = await Promise.all(
      Array.from({ length: 40 }, () => supply.runWith({ ledger })),
    );
    assert(most > 5 && most <= 50, `${most} at once`);
    assertEquals(totals.reduce((sum, { owned }) => sum + owned, 0), 80);
    // Whoever came when the others were at it has done nothing.
    assert(totals.filter((total) => total.owned === 0).length >= 20);
    assertEquals((await purchases(supply)).filter(({ status }) => status !== "owned"), []);
    assertEquals(await discrepancies(supply), []);
  }));
