import { clearLeftovers } from "./leftovers.ts";
import { acquireLock, lockHolder } from "./lock.ts";
import { pause } from "./pause.ts";
import { stackDirectory } from "./plan.ts";
import { shown } from "./paths.ts";
import { isAlive } from "./process.ts";

const PATIENCE_MILLISECONDS = 20_000;

/** `npm stop`: ends the running stack, or clears what a killed one left. Returns the exit code. */
export async function stopStack(
  directory: string = stackDirectory(Deno.env.toObject()),
): Promise<number> {
  const pid = await lockHolder(directory);
  if (pid === undefined) return await clear(directory);
  console.log(`The stack of ${shown(directory)}, process ${pid}`);
  Deno.kill(pid, "SIGTERM");
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (await lockHolder(directory) === pid || isAlive(pid)) {
    if (Date.now() > deadline) {
      console.error(`Process ${pid} does not stop. Its log is in ${directory}/logs.`);
      return 1;
    }
    await pause(50);
  }
  console.log("Stopped.");
  return 0;
}

async function clear(directory: string): Promise<number> {
  const lock = await acquireLock(directory);
  if (!lock) return await stopStack(directory);
  const cleared = await clearLeftovers(directory);
  await lock.release();
  console.log(cleared ? "Removed what a killed stack had left behind." : "No stack is running.");
  return 0;
}
