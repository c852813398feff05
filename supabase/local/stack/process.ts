import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Exit {
  code: number | null;
  signal: string | null;
}

export interface Launched {
  pid: number;
  /** Settles when the process is gone; never rejects. */
  exited: Promise<Exit>;
  isRunning(): boolean;
  /** Asks by `signal`, insists by SIGKILL when `graceMilliseconds` have passed. */
  stop(signal?: "SIGTERM" | "SIGINT", graceMilliseconds?: number): Promise<void>;
  kill(signal: "SIGTERM" | "SIGINT" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
}

export interface LaunchOptions {
  command: string;
  args: string[];
  logFile: string;
  env?: Record<string, string>;
  cwd?: string;
  user?: { uid: number; gid: number };
}

/**
 * Starts a process that writes straight into its log file. It gets a session of its own: Ctrl-C in
 * the terminal reaches the supervisor alone, which then stops the parts in order.
 */
export function launch(options: LaunchOptions): Launched {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, "a", 0o600);
  const child = spawn(options.command, options.args, {
    stdio: ["ignore", log, log],
    detached: true,
    env: options.env,
    cwd: options.cwd,
    ...options.user,
  });
  closeSync(log);

  let running = true;
  const exited = new Promise<Exit>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
    child.on("error", () => resolve({ code: 127, signal: null }));
  });
  exited.then(() => running = false);

  const kill: Launched["kill"] = (signal) => {
    // Deno's child.kill() sends one signal and no second one, so that nobody could insist.
    if (running && child.pid !== undefined) signalTo(child.pid, signal);
  };
  return {
    pid: child.pid ?? -1,
    exited,
    isRunning: () => running,
    kill,
    async stop(signal = "SIGTERM", graceMilliseconds = 5000) {
      kill(signal);
      const insist = setTimeout(() => kill("SIGKILL"), graceMilliseconds);
      await exited;
      clearTimeout(insist);
    },
  };
}

function signalTo(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // It has ended, which is told in a moment.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether the process runs; one that has ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied;
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}
