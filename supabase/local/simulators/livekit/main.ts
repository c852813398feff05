import { z } from "zod";
import { startLiveKitSimulator } from "./simulator.ts";

const list = z.string().default("").transform((text) =>
  text.split(",").map((item) => item.trim()).filter((item) => item !== "")
);

const environment = z.object({
  LIVEKIT_SIMULATOR_PORT: z.coerce.number().int().min(0).max(65535).default(0),
  LIVEKIT_SIMULATOR_API_KEY: z.string().min(1),
  LIVEKIT_SIMULATOR_API_SECRET: z.string().min(1),
  LIVEKIT_SIMULATOR_TRUNK_ID: z.string().min(1),
  LIVEKIT_SIMULATOR_TRUNK_NUMBERS: list,
  LIVEKIT_SIMULATOR_AGENT_NAMES: list,
  LIVEKIT_SIMULATOR_WEBHOOK_URL: z.url().optional(),
  LIVEKIT_SIMULATOR_RECORDS_URL: z.url().optional(),
}).parse(Deno.env.toObject());

const simulator = await startLiveKitSimulator({
  port: environment.LIVEKIT_SIMULATOR_PORT,
  apiKey: environment.LIVEKIT_SIMULATOR_API_KEY,
  apiSecret: environment.LIVEKIT_SIMULATOR_API_SECRET,
  trunks: [{
    id: environment.LIVEKIT_SIMULATOR_TRUNK_ID,
    numbers: environment.LIVEKIT_SIMULATOR_TRUNK_NUMBERS,
  }],
  agentNames: environment.LIVEKIT_SIMULATOR_AGENT_NAMES,
  webhookUrl: environment.LIVEKIT_SIMULATOR_WEBHOOK_URL,
  recordsUrl: environment.LIVEKIT_SIMULATOR_RECORDS_URL,
});

console.error("LiveKit simulator: nothing here reaches a telephone network.");
console.log(JSON.stringify({ listening: simulator.url }));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await simulator.stop();
    Deno.exit(0);
  });
}
