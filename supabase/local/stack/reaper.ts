import { spawn } from "node:child_process";
import type { Launched } from "./process.ts";

export interface Reaper {
  /** The process is ended when we go away without having stopped it. */
  watch(process: Launched): void;
  /** The file or folder is removed when we go away, in good order or not. */
  removeAtEnd(path: string): void;
  /** Removes the paths, ends what is still watched, and returns when that is done. */
  close(): Promise<void>;
}

// A pipe is the one thing that tells of every death, SIGKILL included: it closes.
const SCRIPT = `
pids=" "
paths=""
while read -r verb value; do
  case $verb in
    watch) pids="$pids$value " ;;
    forget) pids=$(printf '%s' "$pids" | sed "s/ $value / /") ;;
    remove) paths="$paths$value
" ;;
  esac
done
alive() {
  kill -0 "$1" 2>/dev/null || return 1
  case $(ps -o stat= -p "$1" 2>/dev/null) in Z*) return 1 ;; esac
}
for signal in INT KILL; do
  for pid in $pids; do alive "$pid" && kill -$signal "$pid" 2>/dev/null; done
  for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    left=""
    for pid in $pids; do alive "$pid" && left=yes; done
    [ -z "$left" ] && break
    sleep 0.2
  done
done
printf '%s' "$paths" | while read -r path; do rm -rf "$path"; done
`;

/** Starts a small shell beside us that cleans up after us, however we end. */
export function createReaper(): Reaper {
  const shell = spawn("sh", ["-c", SCRIPT], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
  });
  const tell = (verb: string, value: string | number) => shell.stdin?.write(`${verb} ${value}\n`);
  const gone = new Promise<void>((resolve) => shell.on("exit", () => resolve()));
  return {
    watch(process) {
      tell("watch", process.pid);
      process.exited.then(() => tell("forget", process.pid));
    },
    removeAtEnd: (path) => void tell("remove", path),
    async close() {
      shell.stdin?.end();
      await gone;
    },
  };
}
