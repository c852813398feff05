import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const said = z.object({
  ready: z.boolean().optional(),
  room: z.string().default(""),
  joined: z.boolean().optional(),
  left: z.number().optional(),
  failed: z.string().optional(),
  status: z.string().optional(),
});
export type MediaEvent = z.output<typeof said>;

/** A process that joins rooms with media. */
export interface Media {
  join(room: string, url: string, token: string): void;
  leave(room: string): void;
  /** SIGKILL: nothing is said to LiveKit. */
  kill(): void;
  /** Leaves every room and ends. */
  end(): Promise<void>;
}

const file = fileURLToPath(new URL("./media-agent.py", import.meta.url));

/** Returns when it can be used. */
export async function startMedia(
  python: string,
  onEvent: (event: MediaEvent) => void,
): Promise<Media> {
  const process = spawn(python, ["-u", file], { stdio: ["pipe", "pipe", "ignore"] });
  const exited = once(process, "exit");
  const ready = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const line of createInterface({ input: process.stdout })) {
      if (!line.startsWith("{")) continue;
      const event = said.parse(JSON.parse(line));
      if (event.ready) ready.resolve();
      else onEvent(event);
    }
    ready.reject(new Error("the agent's process has ended while starting"));
  })();
  // Nobody reads any more once it was killed.
  process.stdin.on("error", () => {});
  const send = (command: object) => {
    process.stdin.write(`${JSON.stringify(command)}\n`);
  };
  await ready.promise;
  return {
    join: (room, url, token) => send({ join: room, url: url.replace(/^http/, "ws"), token }),
    leave: (room) => send({ leave: room }),
    kill: () => void process.kill("SIGKILL"),
    async end() {
      process.stdin.end();
      await exited;
      await reading;
    },
  };
}
