import { join } from "node:path";
import {
  AccessToken,
  AgentDispatchClient,
  RoomServiceClient,
  ServerError,
  SipCallError,
  SipClient,
} from "livekit-server-sdk";
import type { Outcome } from "../../../supabase/local/simulators/livekit/outcomes.ts";
import type { LiveKitSimulatorOptions } from "../../../supabase/local/simulators/livekit/options.ts";
import { startLiveKitSimulator } from "../../../supabase/local/simulators/livekit/simulator.ts";
import { readWebhooks } from "./webhooks.ts";
import { startWebhookRecorder } from "./webhook-recorder.ts";
import type { Wire } from "./wire.ts";

/** One of the two servers that must not differ. */
export interface Server {
  url: string;
  sip: SipClient;
  rooms: RoomServiceClient;
  dispatches: AgentDispatchClient;
  trunkId: string;
  agentName: string;
  token(kind: "calls" | "nothing" | "forged"): Promise<string>;
  webhooks(room: string): ReturnType<typeof readWebhooks>;
}

export interface BothServers extends AsyncDisposable {
  real: Server;
  simulator: Server;
  /** What becomes of the simulator's calls; the real server's are up to SIPp. */
  setOutcome(outcome: Outcome): void;
  /** Kills the simulator's agents in that room. */
  crashAgents(room: string): void;
}

/** The real server, and a simulator with the same agent and a trunk like its. */
export async function bothServers(
  wire: Wire,
  options: LiveKitSimulatorOptions = {},
): Promise<BothServers> {
  const { livekit, trunkId, agentName, folder } = wire.info;
  const file = join(folder, `simulator-webhooks-${crypto.randomUUID()}.jsonl`);
  const recorder = startWebhookRecorder(file);
  const simulator = await startLiveKitSimulator({
    ...livekit,
    trunks: [{ id: trunkId, numbers: ["*"] }],
    agentNames: [agentName],
    webhookUrl: recorder.url,
    ...options,
  });
  return {
    real: server(livekit.url, wire, wire.info.webhookFile),
    simulator: server(simulator.url, wire, file),
    setOutcome: (outcome) => simulator.control.setOutcomes({ "*": outcome }),
    crashAgents: (room) => void simulator.control.crashAgents(room),
    async [Symbol.asyncDispose]() {
      await simulator.stop();
      await recorder.stop();
    },
  };
}

function server(url: string, { info }: Wire, webhookFile: string): Server {
  const { apiKey, apiSecret } = info.livekit;
  const options = { failover: false };
  return {
    url,
    sip: new SipClient(url, apiKey, apiSecret, options),
    rooms: new RoomServiceClient(url, apiKey, apiSecret, options),
    dispatches: new AgentDispatchClient(url, apiKey, apiSecret, options),
    trunkId: info.trunkId,
    agentName: info.agentName,
    token(kind) {
      const token = new AccessToken(apiKey, kind === "forged" ? apiKey.repeat(9) : apiSecret);
      if (kind !== "nothing") token.addSIPGrant({ call: true });
      return token.toJwt();
    },
    webhooks: (room) => readWebhooks(webhookFile, room),
  };
}

/** As much of an answer as the product can see: how it failed, with the words where it reads them. */
export async function answerOf(request: Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await request };
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    const { status, code, message } = error;
    if (error instanceof SipCallError) {
      return { status, code, sip: [error.sipStatusCode, error.sipStatus] };
    }
    return code === "failed_precondition" ? { status, code, message } : { status, code };
  }
}
