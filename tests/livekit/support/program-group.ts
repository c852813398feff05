import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { launch, type Launched } from "../../../supabase/local/stack/process.ts";
import { createReaper } from "../../../supabase/local/stack/reaper.ts";
import { until } from "./until.ts";

export interface Program {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** Whether it can be used; given what it has logged. */
  isReady: (log: string) => boolean | Promise<boolean>;
}

/** Programs that end together, also when this process is killed. */
export interface ProgramGroup {
  /** Returns when it is ready; throws with the end of its log when it cannot be. */
  start(program: Program): Promise<void>;
  /** Ends all of them, the last one first. */
  stop(): Promise<void>;
}

export function createProgramGroup(logFolder: string): ProgramGroup {
  const reaper = createReaper();
  const running: Launched[] = [];
  return {
    async start({ name, command, args, env, isReady }) {
      const logFile = join(logFolder, `${name}.log`);
      const log = () => readFile(logFile, "utf8").catch(() => "");
      const process = launch({ command, args, logFile, env });
      reaper.watch(process);
      running.push(process);
      await until(`${name} is ready. Log: ${logFile}`, async () => {
        if (process.isRunning()) return isReady(await log());
        throw new Error(`${name} ended while starting:\n${(await log()).slice(-2000)}`);
      });
    },
    async stop() {
      // SIGTERM would make LiveKit's servers wait for the calls that are under way.
      for (const process of running.reverse()) await process.stop("SIGINT");
      await reaper.close();
    },
  };
}

export async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
