import { allDone } from "./all-done.ts";
import { type Ground, takeGround } from "./ground.ts";
import { signUserToken } from "./keys.ts";
import type { Part } from "./part.ts";
import { POSTGRES } from "./part-specs.ts";
import { type Plan, planStack, type StackOptions } from "./plan.ts";
import { startServices, startSimulators } from "./services.ts";
import { removeStackFile, type StackFile, writeStackFile } from "./stack-file.ts";
import { startDatabase } from "./start-database.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";

export { AlreadyRunning } from "./ground.ts";
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

/** Starts all parts; returns when every one of them answers, or throws with none left. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const ground = await takeGround(options);
  let plan: Plan;
  let isUp = false;
  const supervisor = createSupervisor({
    ...ground,
    onChange: async () => {
      if (isUp) await writeStackFile(ground.directory, describe(plan, supervisor));
    },
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    isUp = false;
    return stopping ??= endStack(ground, supervisor);
  };

  try {
    const { progress = () => {} } = options;
    progress("Starting Postgres with the migrations, and what is simulated …");
    plan = await planStack(options, ground);
    await allDone([
      startDatabase(plan, supervisor, ground.reaper),
      startSimulators(plan, supervisor),
    ]);
    progress(`Starting the gateway and ${plan.functions.length} functions …`);
    await startServices(plan, supervisor);
    await writeStackFile(ground.directory, describe(plan, supervisor));
    isUp = true;
    return stackOf(plan, supervisor, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function endStack(ground: Ground, supervisor: Supervisor): Promise<void> {
  await removeStackFile(ground.directory);
  await supervisor.stopAll(POSTGRES);
  await ground.leave();
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
