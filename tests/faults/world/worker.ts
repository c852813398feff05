import { freePort } from "../../../supabase/local/stack/free-port.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";

/** The Edge Function replenish-pool, as a process of its own that can be killed. */
export interface WorkerProcess {
  /** Asks it to work, as pg_net does; false: nobody was there. */
  nudge(): Promise<boolean>;
  /** Ends it at once, wherever it is; another one starts. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** How many runs have come to their end. */
  runs(): number;
  /** What it printed, of all the processes that there were. */
  output(): string;
}

export const SECRET = "a-shared-secret-of-32-characters";

/** @param environment what the function needs beside the secret that it is nudged with */
export async function startWorker(environment: Record<string, string>): Promise<WorkerProcess> {
  let output = "";
  let port = 0;
  let child = await launch();

  async function launch() {
    port = freePort();
    const started = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", inRoot("functions", "replenish-pool", "index.ts")],
      env: {
        ...environment,
        PHONE_POOL_SECRET: SECRET,
        DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
        NO_COLOR: "1",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const read = Promise.all([collect(started.stdout), collect(started.stderr)]);
    await listens(port);
    return { started, read };
  }

  async function collect(stream: ReadableStream<Uint8Array>) {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) output += text;
  }

  async function end() {
    child.started.kill("SIGKILL");
    await child.started.status;
    await child.read;
  }

  return {
    async nudge() {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/replenish-pool`, {
          method: "POST",
          headers: { Authorization: `Bearer ${SECRET}` },
          body: "{}",
          signal: AbortSignal.timeout(5000),
        });
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
    output: () => output,
  };
}

async function listens(port: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
