import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pause } from "./pause.ts";
import { isAlive } from "./process.ts";
import { ROOT } from "./paths.ts";
import { readStackFile, removeStackFile } from "./stack-file.ts";

const DATABASE_PREFIX = "postgres-";

/** Where this supervisor's database lives: a name of its own, so that cleaning up never hits another's. */
export const databaseDirectory = (directory: string) =>
  join(directory, `${DATABASE_PREFIX}${Deno.pid}`);

/**
 * Ends and removes what a supervisor left behind that was killed. Only for the holder of the lock.
 * Returns whether there was anything.
 */
export async function clearLeftovers(directory: string): Promise<boolean> {
  const stale = await readStackFile(directory);
  const pids = Object.values(stale?.parts ?? {});
  const orphans = [];
  for (const pid of pids) if (isAlive(pid) && await isOurs(pid, directory)) orphans.push(pid);
  for (const pid of orphans) Deno.kill(pid, "SIGINT");
  await allGone(orphans);
  await removeStackFile(directory);
  for (const name of await readdir(directory)) {
    if (name.startsWith(DATABASE_PREFIX)) await rm(join(directory, name), { recursive: true });
  }
  return stale !== undefined;
}

// The number may belong to somebody else by now: only a command line that names our files is ours.
async function isOurs(pid: number, directory: string): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "args=", "-p", String(pid)] })
    .output();
  const command = new TextDecoder().decode(stdout);
  return command.includes(ROOT) || command.includes(directory);
}

async function allGone(pids: number[]): Promise<void> {
  const deadline = Date.now() + 5000;
  while (pids.some(isAlive) && Date.now() < deadline) {
    await pause(50);
  }
  for (const pid of pids.filter(isAlive)) Deno.kill(pid, "SIGKILL");
}
