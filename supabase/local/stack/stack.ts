import { allDone } from "./all-done.ts";
import { signUserToken } from "./keys.ts";
import { clearLeftovers } from "./leftovers.ts";
import { acquireLock, lockHolder } from "./lock.ts";
import { POSTGRES } from "./part-specs.ts";
import { DEFAULT_DIRECTORY, type Plan, planStack, type StackOptions } from "./plan.ts";
import { createReaper } from "./reaper.ts";
import { startServices, startSimulators } from "./services.ts";
import { readStackFile, removeStackFile, type StackFile, writeStackFile } from "./stack-file.ts";
import { startDatabase } from "./start-database.ts";
import { createSupervisor, type Part, type Supervisor } from "./supervisor.ts";

export type { StackOptions } from "./plan.ts";
export type { StackFile } from "./stack-file.ts";

export interface Stack extends AsyncDisposable {
  /** What stack.json says: URLs and keys. */
  info: StackFile;
  /**
   * postgres, telnyx-simulator, livekit-simulator, gateway, pg-net-worker, pg-cron-worker, or a
   * function's name.
   */
  part(name: string): Part;
  /** An access token of a signed-in user, as the platform's Auth would issue it. */
  signUserToken(userId: string, claims?: Record<string, unknown>): Promise<string>;
  /** Settles with the reason when a part crashed that the stack cannot go on without. */
  failed: Promise<Error>;
  /** Ends every part and leaves nothing but the logs. */
  stop(): Promise<void>;
}

export class AlreadyRunning extends Error {}

/** Starts all parts; returns when every one of them answers, or throws with none left. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const directory = await directoryFor(options);
  const lock = await acquireLock(directory);
  if (!lock) throw await alreadyRunning(directory);

  const report = options.report ?? console.error;
  const reaper = createReaper();
  if (options.ephemeral) reaper.removeAtEnd(directory);
  let supervisor: Supervisor | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () =>
    stopping ??= (async () => {
      await removeStackFile(directory);
      await supervisor?.stopAll(POSTGRES);
      await lock.release();
      await reaper.close();
    })();

  try {
    if (await clearLeftovers(directory)) report("Removed what a killed stack had left behind.");
    const plan = await planStack(options, directory);
    const parts: Supervisor = supervisor = createSupervisor({
      logDirectory: plan.logDirectory,
      reaper,
      report,
      onRestarted: () => writeStackFile(directory, describe(plan, parts)),
    });
    await allDone([startDatabase(plan, parts, reaper), startSimulators(plan, parts)]);
    await startServices(plan, parts);
    await writeStackFile(directory, describe(plan, parts));
    return stackOf(plan, parts, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function directoryFor(options: StackOptions): Promise<string> {
  if (options.ephemeral) return await Deno.makeTempDir({ prefix: "phone-pool-stack-" });
  return options.directory ?? DEFAULT_DIRECTORY;
}

async function alreadyRunning(directory: string): Promise<AlreadyRunning> {
  const running = await readStackFile(directory);
  return new AlreadyRunning(
    running
      ? `A stack is already running: API ${running.api_url}, database ${running.db_url}. ` +
        "npm stop ends it."
      : `A stack is just starting or stopping (process ${await lockHolder(directory)}).`,
  );
}

function describe(plan: Plan, supervisor: Supervisor): StackFile {
  return {
    pid: Deno.pid,
    parts: Object.fromEntries([...supervisor.parts].map(([name, part]) => [name, part.pid()])),
    db_url: plan.addresses.database,
    api_url: plan.addresses.api,
    functions_url: plan.addresses.functions,
    publishable_key: plan.keys.publishable,
    secret_key: plan.keys.secret,
    jwt_signing_key: { ...plan.keys.signing },
    shared_secret: plan.keys.shared,
    telnyx_url: plan.addresses.telnyx,
    telnyx_api_key: plan.keys.telnyxKey,
    livekit_url: plan.addresses.livekit,
    livekit_api_key: plan.keys.livekitKey,
    livekit_api_secret: plan.keys.livekitSecret,
  };
}

function stackOf(plan: Plan, supervisor: Supervisor, stop: () => Promise<void>): Stack {
  return {
    info: describe(plan, supervisor),
    part(name) {
      const part = supervisor.parts.get(name);
      if (!part) throw new Error(`No part ${name}: ${[...supervisor.parts.keys()].join(", ")}`);
      return part;
    },
    signUserToken: (userId, claims) => signUserToken(plan.keys, userId, claims),
    failed: supervisor.failed,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
