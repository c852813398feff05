import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { shown } from "./paths.ts";
import type { Exit, Launched } from "./process.ts";

export interface PartSpec {
  name: string;
  /** Where it will listen; kept free for it until then. */
  port?: number;
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
  /** Ends it in good order, if it runs, and starts it. */
  restart(): Promise<void>;
}

export interface PartEvents {
  /** Before each process of the part. */
  onLaunch(spec: PartSpec): void;
  onLaunched(process: Launched): void;
  onRestarted(): Promise<void>;
  /** It ended by itself and is started again. */
  onCrash(message: string): void;
  /** It ended by itself and stays away. */
  onFailure(reason: Error): void;
}

const RESTARTS_A_MINUTE = 3;

/** What is known of a part over all its processes. */
interface Life {
  spec: PartSpec;
  logFile: string;
  events: PartEvents;
  /** Its process, unless it is away; whoever ends it on purpose clears this first. */
  current?: Launched;
  mayRestart: () => boolean;
}

/** A part that is not running yet: `restart` starts it. */
export function createPart(spec: PartSpec, logDirectory: string, events: PartEvents): Part {
  const logFile = join(logDirectory, `${spec.name}.log`);
  const life: Life = { spec, logFile, events, mayRestart: createRestartBudget() };
  const stop = () => end(life, spec.stopSignal ?? "SIGTERM", 5000);
  return {
    name: spec.name,
    logFile,
    pid: () => life.current?.pid ?? -1,
    isRunning: () => life.current?.isRunning() ?? false,
    kill: () => {
      life.current?.kill("SIGKILL");
      return end(life, "SIGTERM", 0);
    },
    stop,
    async restart() {
      await stop();
      await start(life);
      await events.onRestarted();
    },
  };
}

async function start(life: Life): Promise<void> {
  const { spec, logFile, events } = life;
  const begin = (await readLog(logFile)).length;
  events.onLaunch(spec);
  const process = life.current = spec.launch(logFile);
  events.onLaunched(process);
  try {
    await spec.ready(process, async () => (await readLog(logFile)).slice(begin));
  } catch (error) {
    await end(life, "SIGTERM", 0);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(await withLastWords(`${spec.name} ${reason}`, logFile));
  }
  process.exited.then((exit) => life.current === process ? crashed(life, exit) : undefined);
}

async function crashed(life: Life, exit: Exit): Promise<void> {
  const { spec, logFile, events } = life;
  life.current = undefined;
  const what = `${spec.name} ended by itself (${exitText(exit)})`;
  if (spec.onCrash === "stop" || !life.mayRestart()) {
    return events.onFailure(new Error(await withLastWords(what, logFile)));
  }
  events.onCrash(`${what}: it is started again. Log: ${shown(logFile)}`);
  await start(life).then(events.onRestarted, events.onFailure);
}

async function end(life: Life, signal: "SIGTERM" | "SIGINT", graceMilliseconds: number) {
  const process = life.current;
  life.current = undefined;
  await process?.stop(signal, graceMilliseconds);
}

function createRestartBudget(): () => boolean {
  let crashes: number[] = [];
  return () => {
    crashes = [...crashes, Date.now()].filter((at) => at > Date.now() - 60_000);
    return crashes.length <= RESTARTS_A_MINUTE;
  };
}

const readLog = (logFile: string) => readFile(logFile, "utf8").catch(() => "");

async function withLastWords(reason: string, logFile: string): Promise<string> {
  const tail = (await readLog(logFile)).trimEnd().split("\n").slice(-8);
  return [`${reason}. Log: ${shown(logFile)}`, ...tail.map((line) => `  | ${line}`)].join("\n");
}

const exitText = ({ code, signal }: Exit) => signal ? `signal ${signal}` : `exit code ${code}`;
