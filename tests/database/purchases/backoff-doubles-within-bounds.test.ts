import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { value } from "../../support/pool.ts";

/** Seconds after so many failures, without jitter. */
const CASES: [attempts: number, seconds: number][] = [
  [-1, 2],
  [0, 2],
  [1, 2],
  [2, 4],
  [3, 8],
  [8, 256],
  [9, 512],
  [10, 600],
  [20, 600],
  [2_147_483_647, 600],
];

Deno.test("2 s, 4 s … 10 min, a quarter less or more by the jitter", async (t) => {
  await using db = await createTestDatabase();
  for (const [attempts, seconds] of CASES) {
    await t.step(`after ${attempts}`, async () => {
      for (const [jitter, factor] of [[0, 0.75], [0.5, 1], [1, 1.25]] as const) {
        assertEquals(
          await value(db, "select extract(epoch from phone_pool.backoff($1, $2))::float8", [
            attempts,
            jitter,
          ]),
          seconds * factor,
        );
      }
    });
  }
});
