import { z } from "zod";

/** A row of get_pool_health(). */
export const poolHealth = z.object({
  status: z.enum(["healthy", "low", "empty", "stalled"]),
  stalled_jobs: z.array(z.string()),
});

export type PoolHealth = z.infer<typeof poolHealth>;

/** A row of get_metrics(). */
export const sample = z.object({
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
});

export type Sample = z.infer<typeof sample>;
