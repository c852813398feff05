import type { Agent, CallStatusChange } from "./agent.ts";
import type { Wire } from "./wire.ts";

/** An agent that tells the product when the patient answers, as a real one may. */
export function startReportingAgent(wire: Wire): Promise<Agent> {
  return wire.startAgent({
    onCallStatus: async (change) => {
      if (change.status === "active") await tellAnswered(wire, change);
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
