import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { eventually, functionsFixture, startTestStack } from "../support.ts";

Deno.test("a crash is told with the part and its log", async (test) => {
  await using fixture = await functionsFixture({
    hello: `export default { fetch: () => Response.json("hello") };`,
  }, "[functions.hello]\nverify_jwt = false\n");
  await using stack = await startTestStack(["postgres", "gateway"], fixture);

  await test.step("a function is started again", async () => {
    const before = stack.part("hello").pid();
    Deno.kill(before, "SIGKILL");
    const answer = () => fetch(`${stack.info.functions_url}/hello`);
    await eventually("a new process answers", async () => {
      const isNew = stack.part("hello").isRunning() && stack.part("hello").pid() !== before;
      const response = await answer();
      await response.body?.cancel();
      return isNew && response.ok;
    });
    const report = stack.reports.join("\n");
    assertStringIncludes(report, "hello ended by itself (signal SIGKILL)");
    assertStringIncludes(report, stack.part("hello").logFile);
  });

  await test.step("without Postgres the stack cannot go on", async () => {
    Deno.kill(stack.part("postgres").pid(), "SIGKILL");
    const reason = await stack.failed;
    assertStringIncludes(reason.message, "postgres ended by itself (signal SIGKILL)");
    assertStringIncludes(reason.message, stack.part("postgres").logFile);
    assertEquals(stack.part("postgres").isRunning(), false);
  });
});
