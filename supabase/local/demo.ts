/** `npm run demo`: the main job, end to end, on the local stack. */
import { runCommand } from "../command-line/run.ts";
import { runDemo } from "./demo/demo.ts";
import { startStack } from "./stack/stack.ts";

export const COMMAND = {
  name: "npm run demo",
  about: `The main job, end to end, on a stack of its own that is removed afterwards: numbers are
bought, clinics register, the pool refills itself, calls are placed. Exits with 1
and the reason when a step did not come true.`,
  options: {},
  isSimulated: true,
};

async function demo(): Promise<number> {
  console.log(
    "phone-pool demo: the real database, functions and SDKs; Telnyx and LiveKit simulated\n",
  );
  const stack = await startStack({ ephemeral: true, progress: (line) => console.log(line) });
  try {
    await runDemo(stack.info);
    return 0;
  } catch (error) {
    console.error(
      `\nThe demo did not come true: ${error instanceof Error ? error.message : error}`,
    );
    return 1;
  } finally {
    await stack.stop();
  }
}

if (import.meta.main) await runCommand(COMMAND, demo);
