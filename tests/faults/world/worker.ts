import { createDatabase } from "../../../functions/_shared/database.ts";
import { createLog } from "../../../functions/_shared/log.ts";
import { createNudgedHandler as createHandler } from "../../../functions/_shared/nudged-handler.ts";
import { createReplenish } from "../../../functions/replenish-pool/replenish.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";

/** The Edge Function replenish-pool. */
export interface Worker {
  /** Asks it to work, as pg_net does; false: nobody was there. */
  nudge(): Promise<boolean>;
  stop(): Promise<void>;
  /** How many runs have come to their end. */
  runs(): number;
}

/** The function as a process of its own. */
export interface WorkerProcess extends Worker {
  /** Ends it at once, wherever it is; another one starts. */
  kill(): Promise<void>;
}

export const isKillable = (worker: Worker): worker is WorkerProcess => "kill" in worker;

/** What the function needs beside the secret that it is nudged with. */
export interface WorkerEnvironment {
  SUPABASE_URL: string;
  SUPABASE_SECRET_KEYS: string;
  TELNYX_API_KEY: string;
  TELNYX_CONNECTION_ID: string;
  TELNYX_BASE_URL: string;
  TELNYX_TIMEOUT_MS: string;
}

const SECRET = "a-shared-secret-of-32-characters";

const nudgeTo = (url: string) =>
  new Request(`${url}/replenish-pool`, {
    method: "POST",
    headers: { Authorization: `Bearer ${SECRET}` },
    body: "{}",
    signal: AbortSignal.timeout(5000),
  });

/** The same function in this process, for a run that does not kill it: a process costs a second. */
export function startInProcess(environment: WorkerEnvironment): Worker {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let runs = 0;
  const delay = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, milliseconds);
      timers.add(timer);
    });
  const database = createDatabase(environment.SUPABASE_URL, "sb_secret_faults");
  const timeout = Number(environment.TELNYX_TIMEOUT_MS);
  const handler = createHandler({
    secrets: [SECRET],
    work: createReplenish(
      database,
      { ...environment, TELNYX_TIMEOUT_MS: timeout },
      { now: Date.now, delay },
    ),
    runInBackground: (work) => void work().finally(() => runs += 1),
    createLog: () => createLog("replenish-pool", () => {}),
  });
  return {
    nudge: async () => (await handler(nudgeTo("http://in-process"))).status === 202,
    runs: () => runs,
    stop() {
      // Whoever waits does not go on.
      for (const timer of timers) clearTimeout(timer);
      return Promise.resolve();
    },
  };
}

export async function startProcess(environment: WorkerEnvironment): Promise<WorkerProcess> {
  let output = "";
  let child = await launch();

  async function launch() {
    const started = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", inRoot("functions", "replenish-pool", "index.ts")],
      env: {
        ...environment,
        PHONE_POOL_SECRET: SECRET,
        // Whichever is free: others start at the same time.
        DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0",
        NO_COLOR: "1",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const from = output.length;
    const { promise: url, resolve, reject } = Promise.withResolvers<string>();
    const collect = async (stream: ReadableStream<Uint8Array>) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        output += text;
        const [, listening] = /Listening on (http:\S+?)\/?\s/.exec(output.slice(from)) ?? [];
        if (listening) resolve(listening);
      }
    };
    const read = Promise.all([collect(started.stdout), collect(started.stderr)])
      .then(() => reject(new Error(`the function does not listen: ${output.slice(from)}`)));
    return { started, read, url: await url };
  }

  async function end() {
    child.started.kill("SIGKILL");
    await child.started.status;
    await child.read;
  }

  return {
    async nudge() {
      try {
        const response = await fetch(nudgeTo(child.url));
        await response.body?.cancel();
        return response.status === 202;
      } catch {
        return false;
      }
    },
    async kill() {
      await end();
      child = await launch();
    },
    stop: end,
    runs: () => output.split('"event":"replenished"').length - 1,
  };
}
