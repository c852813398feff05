import { SIPTransport } from "@livekit/protocol";
import { join } from "node:path";
import { SipClient } from "livekit-server-sdk";
import {
  NOTHING_REAL,
  readSettings,
  type Settings,
} from "../../../supabase/local/stack/settings.ts";
import { startStack } from "../../../supabase/local/stack/stack.ts";
import { freePorts } from "./free-ports.ts";
import { createProgramGroup } from "./program-group.ts";
import type { Programs } from "./programs.ts";
import { type LiveKitServers, startLiveKitServers } from "./servers.ts";
import { startWebhookRecorder } from "./webhook-recorder.ts";
import { TRUNK_LOGIN } from "./trunk-login.ts";
import type { WireInfo } from "./wire-info.ts";

export interface RunningWire {
  info: WireInfo;
  /** Ends everything; the folder with the logs stays. */
  stop(): Promise<void>;
}

const AGENT_NAME = "intake-agent";

/** Starts LiveKit's own servers, a trunk to the carrier, and the stack that calls through them. */
export async function startWire(programs: Programs, folder: string): Promise<RunningWire> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { info: await startAll(programs, folder, (end) => void ends.push(end)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  programs: Programs,
  folder: string,
  onStarted: (end: () => Promise<void>) => void,
): Promise<WireInfo> {
  const apiPort = await freePorts();
  const recorder = startWebhookRecorder(join(folder, "webhooks.jsonl"));
  onStarted(recorder.stop);
  const group = createProgramGroup(join(folder, "logs"));
  onStarted(group.stop);
  const livekit = await startLiveKitServers(group, {
    programs,
    folder,
    webhookUrls: [recorder.url, `http://127.0.0.1:${apiPort}/functions/v1/livekit-webhook`],
  });
  const carrierPort = await freePorts();
  const trunkId = await createTrunk(livekit, carrierPort);
  const stack = await startStack({
    settings: stackSettings(folder, livekit, trunkId),
    ports: { api: apiPort, db: 0, telnyx: 0, livekit: 0 },
  });
  onStarted(stack.stop);
  return {
    folder,
    sipp: programs.sipp,
    python: programs.python,
    carrierPort,
    trunkId,
    agentName: AGENT_NAME,
    webhookFile: recorder.file,
    livekit,
    stack: stack.info,
  };
}

/** Nothing else of the user's shell: a Telnyx key there would buy real numbers. */
function stackSettings(folder: string, livekit: LiveKitServers, trunkId: string): Settings {
  const inherited = ["PATH", "HOME", "TMPDIR", "DENO_DIR"];
  return readSettings({
    ...Object.fromEntries(inherited.map((name) => [name, Deno.env.get(name) ?? ""])),
    PHONE_POOL_DIRECTORY: join(folder, "stack"),
    LIVEKIT_URL: livekit.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
    LIVEKIT_SIP_TRUNK_ID: trunkId,
    LIVEKIT_AGENT_NAME: AGENT_NAME,
  }, { ...NOTHING_REAL, livekit: true });
}

async function createTrunk(livekit: LiveKitServers, carrierPort: number): Promise<string> {
  const sip = new SipClient(livekit.url, livekit.apiKey, livekit.apiSecret, { failover: false });
  // "*" is a number that nobody has: a call without a from number would show it.
  const trunk = await sip.createSipOutboundTrunk("carrier", `127.0.0.1:${carrierPort}`, ["*"], {
    transport: SIPTransport.SIP_TRANSPORT_UDP,
    ...TRUNK_LOGIN,
  });
  return trunk.sipTrunkId;
}
