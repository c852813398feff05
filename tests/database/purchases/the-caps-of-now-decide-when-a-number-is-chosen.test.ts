import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { addNumbers, rolledBack } from "../../support/pool.ts";
import { choose, claim, plan } from "../../support/purchases.ts";

// Three numbers of a dollar are ours; one more costs 1.10.
const CASES: [settings: string, outcome: string][] = [
  ["max_numbers = 5", "ok"],
  ["max_numbers = 4", "ok"],
  ["max_numbers = 3", "PP020"],
  ["max_numbers = 0", "PP020"],
  ["monthly_budget_usd = 5", "ok"],
  ["monthly_budget_usd = 4.10", "ok"],
  ["monthly_budget_usd = 4.09", "PP021"],
  ["monthly_budget_usd = 0", "PP021"],
  ["number_monthly_max_usd = 1.10", "ok"],
  ["number_monthly_max_usd = 1.09", "PP022"],
];

Deno.test("what was planned is bought only within the caps of now", async (t) => {
  await using db = await createTestDatabase();
  await addNumbers(db, 3);
  for (const [settings, outcome] of CASES) {
    await t.step(`${settings}: ${outcome}`, () =>
      rolledBack(db, async () => {
        const claimed = await claim(db, await plan(db));
        await db.query(`update phone_pool.settings set ${settings}`);
        assertEquals(await outcomeOf(choose(db, claimed, "+16465560001")), outcome);
      }));
  }
  await t.step(
    "what another purchase has chosen counts, what is only planned does not",
    () =>
      rolledBack(db, async () => {
        const [first, second] = [await plan(db), await plan(db)];
        await db.query("update phone_pool.settings set max_numbers = 4");
        assertEquals(await choose(db, await claim(db, first), "+16465560001"), true);
        const late = await claim(db, second);
        assertEquals(await outcomeOf(choose(db, late, "+16465560002")), "PP020");
      }),
  );
});
