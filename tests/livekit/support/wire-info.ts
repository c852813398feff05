import { z } from "zod";

/** How run.ts tells the test files, which run in processes of their own, where everything is. */
export const WIRE_VARIABLE = "PHONE_POOL_TEST_WIRE";

export const wireInfo = z.object({
  folder: z.string(),
  sipp: z.string(),
  /** A Python that has livekit-agents. */
  python: z.string(),
  carrierPort: z.number(),
  trunkId: z.string(),
  agentName: z.string(),
  /** One webhook a line, as LiveKit sent it. */
  webhookFile: z.string(),
  livekit: z.object({ url: z.string(), apiKey: z.string(), apiSecret: z.string() }),
  stack: z.object({
    api_url: z.string(),
    functions_url: z.string(),
    secret_key: z.string(),
    livekit_url: z.string(),
    db_url: z.string(),
  }),
});
export type WireInfo = z.output<typeof wireInfo>;
