import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export interface Lock {
  release(): Promise<void>;
}

/**
 * One stack a folder. The kernel lets go of the lock when its holder dies, however it dies, so a
 * lock that can be had means that no supervisor runs.
 */
export async function acquireLock(directory: string): Promise<Lock | undefined> {
  await mkdir(directory, { recursive: true });
  const file = await Deno.open(lockPath(directory), { create: true, read: true, write: true });
  if (!await file.tryLock(true)) {
    file.close();
    return undefined;
  }
  await file.truncate();
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return {
    async release() {
      await file.truncate();
      await file.unlock();
      file.close();
    },
  };
}

/** The process that holds the lock, or undefined when nobody does. */
export async function lockHolder(directory: string): Promise<number | undefined> {
  const lock = await tryBriefly(directory);
  if (lock) return undefined;
  return Number(await Deno.readTextFile(lockPath(directory))) || undefined;
}

async function tryBriefly(directory: string): Promise<boolean> {
  try {
    using file = await Deno.open(lockPath(directory), { read: true });
    const free = await file.tryLock(false);
    if (free) await file.unlock();
    return free;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

const lockPath = (directory: string) => join(directory, "stack.lock");
