import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Exit, Launched } from "./process.ts";
import { ROOT } from "./paths.ts";
import type { Reaper } from "./reaper.ts";

export interface PartSpec {
  name: string;
  launch(logFile: string): Launched;
  /** `output` reads what this life of the part has logged so far. */
  ready(process: Launched, output: () => Promise<string>): Promise<void>;
  /** "stop": what the part knew is lost with it, so that the stack cannot go on. */
  onCrash: "restart" | "stop";
  stopSignal?: "SIGTERM" | "SIGINT";
}

export interface Part {
  name: string;
  logFile: string;
  pid(): number;
  isRunning(): boolean;
  /** Ends it without notice and leaves it so. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

export interface Supervisor {
  start(spec: PartSpec): Promise<Part>;
  parts: Map<string, Part>;
  /** Settles with the reason when a part crashed that the stack cannot go on without. */
  failed: Promise<Error>;
  /** Ends all parts, the ones of `last` after all others. */
  stopAll(last: string): Promise<void>;
}

export interface SupervisorOptions {
  logDirectory: string;
  reaper: Reaper;
  report: (message: string) => void;
  /** A part has another process now. */
  onRestarted: () => Promise<void>;
}

const RESTARTS_A_MINUTE = 3;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const parts = new Map<string, Part>();
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  return {
    parts,
    failed,
    async start(spec) {
      const part = createPart(spec, options, fail);
      parts.set(spec.name, part);
      await part.start();
      return part;
    },
    async stopAll(last) {
      const others = [...parts.values()].filter((part) => part.name !== last);
      await Promise.all(others.map((part) => part.stop()));
      await parts.get(last)?.stop();
    },
  };
}

function createPart(
  spec: PartSpec,
  options: SupervisorOptions,
  fail: (reason: Error) => void,
): Part & { start(): Promise<void> } {
  const logFile = join(options.logDirectory, `${spec.name}.log`);
  let current: Launched | undefined;
  let crashes: number[] = [];

  const launchAndWatch = async () => {
    const begin = (await readLog(logFile)).length;
    const process = spec.launch(logFile);
    current = process;
    options.reaper.watch(process);
    try {
      await spec.ready(process, async () => (await readLog(logFile)).slice(begin));
    } catch (error) {
      current = undefined;
      await process.stop("SIGTERM", 0);
      throw new Error(await describeFailure(spec.name, logFile, error));
    }
    process.exited.then((exit) => current === process ? onCrash(exit) : undefined);
  };

  const onCrash = async (exit: Exit) => {
    current = undefined;
    crashes = [...crashes, Date.now()].filter((at) => at > Date.now() - 60_000);
    const what = `${spec.name} ended by itself (${exitText(exit)})`;
    const restarts = spec.onCrash === "restart" && crashes.length <= RESTARTS_A_MINUTE;
    if (!restarts) return fail(new Error(await describeFailure(spec.name, logFile, what)));
    options.report(`${what}: it is started again. Log: ${shown(logFile)}`);
    await launchAndWatch().then(options.onRestarted, fail);
  };

  const end = async (signal: "SIGTERM" | "SIGINT", grace: number) => {
    const process = current;
    current = undefined;
    await process?.stop(signal, grace);
  };
  const stop = () => end(spec.stopSignal ?? "SIGTERM", 5000);
  return {
    name: spec.name,
    logFile,
    pid: () => current?.pid ?? -1,
    isRunning: () => current?.isRunning() ?? false,
    async kill() {
      current?.kill("SIGKILL");
      await end("SIGTERM", 0);
    },
    stop,
    start: launchAndWatch,
    async restart() {
      await stop();
      await launchAndWatch();
      await options.onRestarted();
    },
  };
}

const readLog = (logFile: string) => readFile(logFile, "utf8").catch(() => "");

async function describeFailure(part: string, logFile: string, reason: unknown): Promise<string> {
  const text = reason instanceof Error ? `${part} ${reason.message}` : String(reason);
  const tail = (await readLog(logFile)).trimEnd().split("\n").slice(-8);
  return [`${text}. Log: ${shown(logFile)}`, ...tail.map((line) => `  | ${line}`)].join("\n");
}

const shown = (path: string) => path.startsWith(ROOT) ? relative(ROOT, path) : path;

const exitText = ({ code, signal }: Exit) => signal ? `signal ${signal}` : `exit code ${code}`;
