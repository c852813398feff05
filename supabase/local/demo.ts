/** `npm run demo`: the main job, end to end, on the local stack. Exits 1 with the reason if a step did not come true. */
import { runDemo } from "./demo/demo.ts";
import { startStack } from "./stack/stack.ts";

console.log(
  "phone-pool demo: the real database, functions and SDKs; Telnyx and LiveKit simulated\n",
);
const stack = await startStack({ ephemeral: true });
try {
  await runDemo(stack.info);
} catch (error) {
  console.error(`\nThe demo did not come true: ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = 1;
} finally {
  await stack.stop();
}
