import { assert, assertEquals } from "../../support/assert.ts";
import { startTestStack } from "../support.ts";

Deno.test("a killed part stays away until it is restarted", async () => {
  await using stack = await startTestStack(["postgres", "telnyx-simulator"]);
  const reach = () => fetch(stack.info.telnyx_url).then((response) => response.body?.cancel());

  await stack.part("telnyx-simulator").kill();
  assert(!stack.part("telnyx-simulator").isRunning());
  assertEquals(await reach().then(() => "answers", () => "refuses"), "refuses");

  await stack.part("telnyx-simulator").restart();
  assertEquals(await reach().then(() => "answers", () => "refuses"), "answers");
  assertEquals(stack.reports, []);
});
