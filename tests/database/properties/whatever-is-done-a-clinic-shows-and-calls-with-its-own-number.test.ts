import { assertEquals } from "../../support/assert.ts";
import { checkSeed, describeFailure } from "./support/check.ts";

// PROPERTY_SEEDS=200 PROPERTY_FIRST_SEED=1000 npm test -- tests/database/properties
const SEEDS = Number(Deno.env.get("PROPERTY_SEEDS") ?? 12);
const FIRST = Number(Deno.env.get("PROPERTY_FIRST_SEED") ?? 1);
const LENGTH = 40;

Deno.test("whatever applications, operators and the carrier do, a clinic shows and calls with its own number", async () => {
  const failures: string[] = [];
  for (let seed = FIRST; seed < FIRST + SEEDS && failures.length === 0; seed++) {
    const failure = await checkSeed(seed, LENGTH);
    if (failure) failures.push(describeFailure(failure));
  }
  assertEquals(failures, []);
});
