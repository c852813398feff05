import { pause } from "./pause.ts";
import type { Launched } from "./process.ts";
import type { PartSpec } from "./part.ts";

const DEADLINE_MILLISECONDS = 20_000;

/** Waits until the process listens on the port; rejects when it ends or takes too long. */
export function listensOn(port: number): PartSpec["ready"] {
  return (process) =>
    until(process, async () => {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return true;
      } catch {
        return false;
      }
    });
}

/** Waits until the process has logged the text. */
export function hasLogged(text: string): PartSpec["ready"] {
  return (process, output) => until(process, async () => (await output()).includes(text));
}

async function until(process: Launched, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MILLISECONDS;
  while (!await condition()) {
    if (!process.isRunning()) throw new Error("ended while starting");
    if (Date.now() > deadline) throw new Error(`not ready after ${DEADLINE_MILLISECONDS / 1000} s`);
    await pause(20);
  }
}
