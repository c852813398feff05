import { assertRejects, assertStringIncludes } from "../../support/assert.ts";
import { functionsFixture, startTestStack } from "../support.ts";

Deno.test("a part that does not start fails the start with its last words", async () => {
  await using fixture = await functionsFixture({
    broken: `throw new Error("no configuration");`,
  });
  const error = await assertRejects(() => startTestStack(["postgres"], fixture));
  assertStringIncludes(error.message, "broken ended while starting. Log: ");
  assertStringIncludes(error.message, "broken.log");
  assertStringIncludes(error.message, "no configuration");
});
