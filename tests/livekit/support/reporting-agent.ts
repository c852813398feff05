import type { Agent, CallStatusChange } from "./agent.ts";
import type { Wire } from "./wire.ts";

/**
 * An agent that tells the product when the patient answers, as a real one would: LiveKit has no
 * webhook for it.
 * @param hangUpAfterMilliseconds how long it talks before it ends the call; until the patient does
 */
export function startReportingAgent(wire: Wire, hangUpAfterMilliseconds?: number): Promise<Agent> {
  return wire.startAgent({
    onCallStatus: async (change) => {
      if (change.status !== "active") return;
      const told = tellAnswered(wire, change);
      if (hangUpAfterMilliseconds !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, hangUpAfterMilliseconds));
        await wire.rooms.deleteRoom(change.room);
      }
      await told;
    },
  });
}

async function tellAnswered(wire: Wire, { at, callId, token }: CallStatusChange): Promise<void> {
  const url = `${wire.info.stack.functions_url}/intake-calls/${callId}/answered`;
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ at: new Date(at).toISOString() });
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`answered: ${response.status} ${await response.text()}`);
  await response.body?.cancel();
}
