import { z } from "zod";

const common = {
  /** Event name, e.g. participant_left; `*` is any. */
  event: z.string().min(1),
  times: z.number().int().positive().optional(),
};

/**
 * drop: never sent. duplicate: sent twice. delay: holds up its room's queue. reorder: sent after
 * the next event of its room. wrong-secret, tampered: what a receiver must refuse.
 */
export const webhookFaultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...common, kind: z.literal("drop") }),
  z.strictObject({ ...common, kind: z.literal("duplicate") }),
  z.strictObject({ ...common, kind: z.literal("delay"), ms: z.number().int().nonnegative() }),
  z.strictObject({ ...common, kind: z.literal("reorder") }),
  z.strictObject({ ...common, kind: z.literal("wrong-secret") }),
  z.strictObject({ ...common, kind: z.literal("tampered") }),
]);

export const webhookFaultsSchema = z.preprocess(
  (value) => Array.isArray(value) ? value : [value],
  z.array(webhookFaultSchema),
);

export type WebhookFault = z.infer<typeof webhookFaultSchema>;
export type WebhookFaultKind = WebhookFault["kind"];

export function createWebhookFaults() {
  let faults: WebhookFault[] = [];
  return {
    set(next: WebhookFault | WebhookFault[]): void {
      faults = webhookFaultsSchema.parse(structuredClone(next));
    },
    /** The fault that strikes an event of this name, used up by one. */
    take(event: string): WebhookFault | undefined {
      const fault = faults.find((each) => each.event === event || each.event === "*");
      if (fault?.times !== undefined && --fault.times === 0) {
        faults = faults.filter((each) => each !== fault);
      }
      return fault;
    },
  };
}
