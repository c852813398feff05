import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { rolledBack } from "../../support/pool.ts";
import { claim, plan, readPurchase, recordFailure } from "../../support/purchases.ts";

const CASES: [asked: number | null, least: number, most: number][] = [
  [1, 1, 3],
  [45, 45, 47],
  [3600, 3600, 3602],
  // An hour is the longest, whatever is said.
  [86_400, 3600, 3602],
  // Nothing said: the backoff of a first attempt.
  [null, 1, 3],
];

Deno.test("a rate limit is waited for as long as Telnyx says, and counts nothing up", async (t) => {
  await using db = await createTestDatabase();
  for (const [asked, least, most] of CASES) {
    await t.step(`${asked ?? "no"} seconds`, () =>
      rolledBack(db, async () => {
        const id = await plan(db);
        assertEquals(
          await recordFailure(db, await claim(db, id), "rate_limited", asked),
          "retrying",
        );
        const { due_in, status } = await readPurchase(db, id);
        assertEquals(status, "planned");
        assert(due_in > least - 1 && due_in <= most, `due in ${due_in} s`);
      }));
  }
  await t.step("eight times and more: never given up", () =>
    rolledBack(db, async () => {
      const id = await plan(db);
      for (let time = 1; time <= 12; time++) {
        assertEquals(await recordFailure(db, await claim(db, id), "rate_limited", 1), "retrying");
      }
      assertEquals((await readPurchase(db, id)).status, "planned");
    }));
});
