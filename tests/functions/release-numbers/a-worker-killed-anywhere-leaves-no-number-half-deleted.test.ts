import { assert, assertEquals } from "../../support/assert.ts";
import {
  buyNumbers,
  holdAndRest,
  outOfStep,
  releaseUntilKilled,
  retireOne,
  runRelease,
} from "../../support/account.ts";
import { value } from "../../support/pool.ts";
import { withSupply } from "../../support/supply.ts";

// claim, ownership, number, delete, delete again until 404, record, claim: one number's life.
const MOST_STEPS = 20;

Deno.test("a worker killed at any point leaves no number deleted there and alive here, or the reverse", (t) =>
  withSupply({}, async (supply) => {
    await buyNumbers(supply, 30);
    await holdAndRest(supply);
    let killed = 0;
    for (const when of ["before", "after"] as const) {
      for (let k = 1; k <= MOST_STEPS; k++) {
        await retireOne(supply);
        const died = await releaseUntilKilled(supply, k, when);
        await t.step(`${when} step ${k}${died ? "" : ": it was done"}`, async () => {
          // Whatever is deleted is at least known to be on its way.
          const { deleted_numbers } = supply.simulator.control.snapshot();
          for (const { phone_number } of deleted_numbers) {
            const status = "select status from public.phone_numbers where phone_number = $1";
            assertEquals(await value(supply.db, status, [phone_number]), "released");
          }
          // The lease runs out, the sweep asks for the rest.
          await supply.pass(91);
          await supply.db.query("select phone_pool.sweep()");
          await runRelease(supply);
          assertEquals(await outOfStep(supply), []);
        });
        if (!died) break;
        killed++;
      }
    }
    assert(killed >= 12, `only ${killed} points`);
    // Neither the number that is held nor the one that rests was ever in danger.
    assertEquals(
      await value(
        supply.db,
        `select jsonb_object_agg(status, n) from (
           select status, count(*) as n from public.phone_numbers
           where status in ('assigned', 'suspended') group by status) c`,
      ),
      { assigned: 1, suspended: 1 },
    );
  }));
