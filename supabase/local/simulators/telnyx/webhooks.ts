import type { Fault } from "./fault-kinds.ts";
import { pick } from "./faults.ts";
import { showOrder } from "./order-views.ts";
import { createSigningKey, type SigningKey } from "./signing.ts";
import { isoTime, type Order, type State } from "./state.ts";
import type { WireCallEvent, WireEvent, WireOrderEvent } from "./wire.ts";

export interface Call {
  from: string;
  to: string;
  direction?: "incoming" | "outgoing";
  connection_id?: string;
  caller_id_name?: string;
}

export interface Webhooks {
  publicKey: string;
  orderComplete(order: Order): Promise<void>;
  callInitiated(call: Call): Promise<void>;
}

function orderEvent(order: Order, now: number): WireOrderEvent["data"] {
  return {
    id: crypto.randomUUID(),
    event_type: "number_order.complete",
    occurred_at: isoTime(now),
    payload: showOrder(order),
    record_type: "event",
  };
}

function callEvent(call: Call, state: State): WireCallEvent["data"] {
  const now = isoTime(state.timers.now());
  return {
    id: crypto.randomUUID(),
    event_type: "call.initiated",
    occurred_at: now,
    payload: {
      call_control_id: `v3:${crypto.randomUUID()}`,
      call_leg_id: crypto.randomUUID(),
      call_session_id: crypto.randomUUID(),
      connection_id: call.connection_id ?? state.settings.connectionId,
      from: call.from,
      to: call.to,
      direction: call.direction ?? "incoming",
      state: "parked",
      start_time: now,
      ...(call.caller_id_name !== undefined && { caller_id_name: call.caller_id_name }),
    },
    record_type: "event",
  };
}

/** One delivery: sent once more while it is not answered with 200. */
class Delivery {
  constructor(
    private readonly state: State,
    private readonly key: SigningKey,
    private readonly data: WireEvent["data"],
    private readonly orderId: string | null,
  ) {}

  note(attempt: number, status: number | null, note: string | null) {
    this.state.webhooks.push({
      at: isoTime(this.state.timers.now()),
      event_id: this.data.id ?? "",
      event_type: this.data.event_type ?? "",
      order_id: this.orderId,
      attempt,
      status,
      note,
    });
  }

  private async send(attempt: number): Promise<boolean> {
    const { settings, timers } = this.state;
    const url = settings.webhookUrl;
    if (url === undefined) return this.note(attempt, null, "no webhook URL"), true;
    const body = JSON.stringify({ data: this.data, meta: { attempt, delivered_to: url } });
    const headers = this.key.sign(body, Math.floor(timers.now() / 1000));
    try {
      const response = await settings.fetch(
        new Request(url, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body,
          signal: AbortSignal.any([timers.signal, AbortSignal.timeout(10_000)]),
        }),
      );
      await response.body?.cancel();
      this.note(attempt, response.status, null);
      return response.status === 200;
    } catch (error) {
      this.note(attempt, null, error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  async run() {
    const { settings, timers } = this.state;
    for (let attempt = 1; attempt <= settings.webhookAttempts; attempt++) {
      if (timers.signal.aborted || await this.send(attempt)) return;
      await timers.wait(settings.webhookRetryMs);
    }
  }
}

/** Sends events to the webhook URL, signed as Telnyx signs them, or as the faults want it. */
export function createWebhooks(state: State, signingSecret?: string): Webhooks {
  const key = createSigningKey(signingSecret);
  const strangersKey = createSigningKey();

  async function deliver(data: WireEvent["data"], orderId: string | null) {
    const faults: Fault[] = state.faults.draw("webhooks.send");
    const signer = pick(faults, "webhook_wrongly_signed") ? strangersKey : key;
    const delivery = new Delivery(state, signer, data, orderId);
    if (pick(faults, "webhook_lost")) return delivery.note(1, null, "lost");
    const late = pick(faults, "webhook_late");
    if (late) await state.timers.wait(late.ms);
    const copies = pick(faults, "webhook_duplicated")?.copies ?? 1;
    await Promise.all(Array.from({ length: copies }, () => delivery.run()));
  }

  return {
    publicKey: key.publicKey,
    orderComplete: (order) => deliver(orderEvent(order, state.timers.now()), order.id),
    callInitiated: (call) => deliver(callEvent(call, state), null),
  };
}
