import { join } from "node:path";
import { bridgeConfig, serverConfig, type ServerPorts } from "./configurations.ts";
import { BRIDGE_MEDIA, freePorts } from "./free-ports.ts";
import { isListening, type ProgramGroup } from "./program-group.ts";
import type { Programs } from "./programs.ts";

export interface LiveKitServers {
  url: string;
  apiKey: string;
  apiSecret: string;
}

export interface ServerOptions {
  programs: Programs;
  /** For configurations. */
  folder: string;
  webhookUrls: string[];
}

/** Starts redis, livekit-server and livekit-sip; returns when all three are ready. */
export async function startLiveKitServers(
  group: ProgramGroup,
  { programs, folder, webhookUrls }: ServerOptions,
): Promise<LiveKitServers> {
  const ports = await choosePorts();
  const keys = { apiKey: "APIwire", apiSecret: crypto.randomUUID() + crypto.randomUUID() };
  await group.start({
    name: "redis",
    command: programs.redis,
    args: ["--bind", "127.0.0.1", "--port", `${ports.redis}`, "--dir", folder, "--save", ""],
    isReady: () => isListening(ports.redis),
  });
  await group.start({
    name: "livekit-server",
    command: programs.livekit,
    args: ["--config", await write(folder, "livekit", serverConfig(ports, keys, webhookUrls))],
    isReady: () => isListening(ports.http),
  });
  await group.start({
    name: "livekit-sip",
    command: programs.sip,
    args: ["--config", await write(folder, "sip", bridgeConfig(ports, keys))],
    // Its last words before it takes calls, which it only says when it logs everything.
    isReady: (log) => log.includes("service ready"),
  });
  return { url: `http://127.0.0.1:${ports.http}`, ...keys };
}

async function choosePorts(): Promise<ServerPorts> {
  return {
    redis: await freePorts(),
    http: await freePorts(),
    rtcTcp: await freePorts(),
    rtcUdp: await freePorts(),
    sip: await freePorts(),
    media: BRIDGE_MEDIA,
  };
}

/** JSON is YAML, which is what both programs read. */
async function write(folder: string, name: string, config: object): Promise<string> {
  const file = join(folder, `${name}.json`);
  await Deno.writeTextFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}
