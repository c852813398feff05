import {
  AgentDispatchClient,
  RoomServiceClient,
  SipClient,
  WebhookReceiver,
} from "livekit-server-sdk";
import type { WebhookEvent } from "livekit-server-sdk";
import type { LiveKitSimulatorOptions } from "../../../supabase/local/simulators/livekit/options.ts";
import {
  type RunningLiveKitSimulator,
  startLiveKitSimulator,
} from "../../../supabase/local/simulators/livekit/simulator.ts";

export const trunkId = "ST_clinics";
export const trunkNumbers = ["+12125550190", "+12125550191"];
export const agentName = "intake";
export const callee = "+12125550123";
export const callerId = "+12125550100";

export interface Clients {
  sip: SipClient;
  rooms: RoomServiceClient;
  agents: AgentDispatchClient;
}

/** The real SDK's clients, without the replay that it does for LiveKit Cloud. */
export function clientsFor(url: string, key: string, secret: string, seconds = 10): Clients {
  const options = { failover: false, requestTimeout: seconds };
  return {
    sip: new SipClient(url, key, secret, options),
    rooms: new RoomServiceClient(url, key, secret, options),
    agents: new AgentDispatchClient(url, key, secret, options),
  };
}

export type Scene = Clients & { simulator: RunningLiveKitSimulator };

/** Runs with a simulator of its own, fast, and the SDK's clients on it. */
export async function withLiveKit(
  run: (scene: Scene) => Promise<void>,
  options: LiveKitSimulatorOptions = {},
): Promise<void> {
  const simulator = await startLiveKitSimulator({
    trunks: [{ id: trunkId, numbers: trunkNumbers }, { id: "ST_bare", numbers: [] }],
    agentNames: [agentName],
    agentJoinMs: 1,
    ringMs: 1,
    answerMs: 1,
    webhookRetryMs: 1,
    ...options,
  });
  const { apiKey, apiSecret } = simulator.settings;
  try {
    await run({ simulator, ...clientsFor(simulator.url, apiKey, apiSecret) });
  } finally {
    await simulator.stop();
  }
}

export interface Inbox {
  url: string;
  /** Events whose signature the SDK accepted, in order of arrival. */
  events: WebhookEvent[];
  /** Why the others were refused. */
  refused: string[];
  headers: Headers[];
  /** Statuses to answer with before all later deliveries get a 200. */
  statuses: number[];
}

/** Runs with a webhook receiver that verifies everything with the SDK's WebhookReceiver. */
export async function withInbox(
  run: (scene: Scene & { inbox: Inbox }) => Promise<void>,
  options: LiveKitSimulatorOptions = {},
): Promise<void> {
  const key = { apiKey: "webhook-key", apiSecret: "webhook-secret-of-at-least-32-characters" };
  const receiver = new WebhookReceiver(key.apiKey, key.apiSecret);
  const inbox: Inbox = { url: "", events: [], refused: [], headers: [], statuses: [] };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = await request.text();
      const status = inbox.statuses.shift() ?? 200;
      if (status !== 200) return new Response(null, { status });
      inbox.headers.push(request.headers);
      try {
        const signature = request.headers.get("authorization") ?? undefined;
        inbox.events.push(await receiver.receive(body, signature));
      } catch (error) {
        inbox.refused.push(error instanceof Error ? error.message : String(error));
      }
      return new Response();
    },
  );
  inbox.url = `http://127.0.0.1:${server.addr.port}/`;
  try {
    await withLiveKit((scene) => run({ ...scene, inbox }), {
      ...key,
      webhookUrl: inbox.url,
      ...options,
    });
  } finally {
    await server.shutdown();
  }
}

/** Polls until the condition gives something; fails after a deadline that no run should need. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`never happened: ${what}`);
}

/** What the promise is rejected with; fails when it is not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was not refused");
}
