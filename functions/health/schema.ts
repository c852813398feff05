import { z } from "zod";

/** A row of get_pool_health(). */
export const poolHealth = z.object({
  status: z.enum(["healthy", "low", "empty", "stalled"]),
  stalled_jobs: z.array(z.string()),
});

export type PoolHealth = z.infer<typeof poolHealth>;
