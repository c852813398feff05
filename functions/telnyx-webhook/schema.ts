import { z } from "zod";
import type { StoredEvent } from "../_shared/webhook-handler.ts";

/** Every webhook of Telnyx: https://developers.telnyx.com/docs/development/api-fundamentals/webhooks */
export const eventSchema = z.object({
  data: z.object({
    id: z.string().min(1).max(200),
    event_type: z.string().min(1).max(200),
    occurred_at: z.iso.datetime({ offset: true }).nullish().catch(null),
    payload: z.unknown(),
  }),
});

export type TelnyxEvent = z.output<typeof eventSchema>["data"];

const text = z.string().max(200).nullish().catch(null);
const order = z.object({ id: text, status: text, customer_reference: text });

export const toStoredEvent = (event: TelnyxEvent): StoredEvent => ({
  id: event.id,
  type: event.event_type,
  occurredAt: event.occurred_at ?? null,
  payload: payloadToKeep(event),
});

/** The parts that are acted on: of a call nothing, its numbers may be a patient's. */
export function payloadToKeep({ event_type, payload }: TelnyxEvent): Record<string, unknown> {
  return event_type === "number_order.complete" ? order.safeParse(payload).data ?? {} : {};
}
