import { clearLeftovers } from "./leftovers.ts";
import { acquireLock, lockHolder } from "./lock.ts";
import { stackDirectory, type StackOptions } from "./plan.ts";
import { createPortReservations, type PortReservations } from "./port-reservations.ts";
import { createReaper, type Reaper } from "./reaper.ts";
import { readSettings, type Settings } from "./settings.ts";
import { readStackFile } from "./stack-file.ts";

/** What a stack stands on while it is up. */
export interface Ground {
  settings: Settings;
  directory: string;
  report: (message: string) => void;
  reaper: Reaper;
  reservations: PortReservations;
  /** When all parts have ended. */
  leave(): Promise<void>;
}

export class AlreadyRunning extends Error {}

/** Makes the folder ours alone and clears it; throws AlreadyRunning when another stack has it. */
export async function takeGround(options: StackOptions): Promise<Ground> {
  const settings = options.settings ?? readSettings();
  const directory = options.ephemeral
    ? await Deno.makeTempDir({ prefix: "phone-pool-stack-" })
    : stackDirectory(settings);
  const lock = await acquireLock(directory);
  if (!lock) throw new AlreadyRunning(await whoIsThere(directory));

  const report = options.report ?? console.error;
  if (await clearLeftovers(directory)) report("Removed what a killed stack had left behind.");
  const reaper = createReaper();
  if (options.ephemeral) reaper.removeAtEnd(directory);
  const reservations = createPortReservations();
  return {
    settings,
    directory,
    report,
    reaper,
    reservations,
    async leave() {
      reservations.releaseAll();
      await reaper.close();
      await lock.release();
    },
  };
}

async function whoIsThere(directory: string): Promise<string> {
  const running = await readStackFile(directory);
  return running
    ? `A stack is already running: API ${running.api_url}, database ${running.db_url}. ` +
      "npm stop ends it."
    : `A stack is just starting or stopping (process ${await lockHolder(directory)}).`;
}
