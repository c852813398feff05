import { ParticipantInfo_State } from "@livekit/protocol";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createProgramGroup } from "./program-group.ts";
import { until } from "./until.ts";
import type { Wire } from "./wire.ts";

/** How it ends: see python-agent.py. */
export type Ending = "stays" | "shuts-down" | "raises" | "is-killed" | "leaves-while-ringing";

/** LiveKit's own framework for agents. */
export interface PythonAgent extends AsyncDisposable {
  /** When it ended in that room, by its own clock; waits for it. */
  endedAt(room: string): Promise<number>;
}

const file = fileURLToPath(new URL("./python-agent.py", import.meta.url));

/** Returns when a dispatch has brought it into a room. */
export async function startPythonAgent(wire: Wire, ending: Ending): Promise<PythonAgent> {
  const { python, folder, livekit, agentName } = wire.info;
  const logs = await Deno.makeTempDir({ dir: folder, prefix: "agent-" });
  const group = createProgramGroup(logs);
  await group.start({
    name: ending,
    command: python,
    args: [file, "start"],
    env: {
      LIVEKIT_URL: livekit.url.replace(/^http/, "ws"),
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      LIVEKIT_AGENT_NAME: agentName,
      PHONE_POOL_TEST_AGENT: ending,
      PATH: Deno.env.get("PATH") ?? "",
      HOME: Deno.env.get("HOME") ?? "",
    },
    isReady: (log) => log.includes("registered worker"),
  });
  await tryDispatches(wire);
  return {
    endedAt: (room) =>
      until("the agent ends", async () => {
        const log = await readFile(join(logs, `${ending}.log`), "utf8");
        const at = log.match(new RegExp(`ENDS ${room} (\\d+)`))?.[1];
        return at === undefined ? undefined : Number(at);
      }),
    [Symbol.asyncDispose]: () => group.stop(),
  };
}

/** The server confirms a registration before it sends jobs to the worker. */
async function tryDispatches({ dispatches, rooms, info }: Wire): Promise<void> {
  const tried: string[] = [];
  await until("the agent comes", async () => {
    const room = `trial-${crypto.randomUUID()}`;
    tried.push(room);
    await dispatches.createDispatch(room, info.agentName);
    const isThere = async () =>
      (await rooms.listParticipants(room)).some(({ state }) =>
        state === ParticipantInfo_State.ACTIVE
      );
    return await until("this one", isThere, 5).catch(() => false);
  }, 60);
  for (const room of tried) await rooms.deleteRoom(room).catch(() => {});
}
