import { type ParticipantInfo, type Room, WebhookEvent } from "@livekit/protocol";
import { newId } from "./ids.ts";
import type { Settings } from "./options.ts";
import type { Timers } from "./timers.ts";
import { createWebhookFaults, type WebhookFaultKind } from "./webhook-faults.ts";
import { signedWebhook } from "./webhook-signature.ts";

export interface EventDetails {
  room?: Room;
  participant?: ParticipantInfo;
}

export type Emit = (event: string, details: EventDetails) => void;

/** What became of one webhook event. */
export interface WebhookRecord {
  id: string;
  event: string;
  room: string;
  attempts: number;
  /** Status of the last delivery; absent when it never got an answer. */
  status?: number;
  fault?: WebhookFaultKind;
}

const maxAttempts = 5;
const maxAgeMs = 30_000;

interface Envelope {
  event: WebhookEvent;
  record: WebhookRecord;
  queuedAtMs: number;
}

export class Webhooks {
  readonly faults = createWebhookFaults();
  /** Where they go; nothing is sent without it. */
  url: string | undefined;
  readonly #settings: Settings;
  readonly #timers: Timers;
  readonly #records: WebhookRecord[] = [];
  readonly #held = new Map<string, Envelope[]>();
  /** One ordered queue a room, as livekit/protocol's ResourceURLNotifier keeps them. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();

  constructor(settings: Settings, timers: Timers, url?: string) {
    this.#settings = settings;
    this.#timers = timers;
    this.url = url;
  }

  /** Sends any event, as the real server would sign it; resolves after its delivery. */
  send(event: WebhookEvent): Promise<void> {
    if (this.url === undefined) return Promise.resolve();
    const room = event.room?.name ?? "";
    const record: WebhookRecord = { id: event.id, event: event.event, room, attempts: 0 };
    this.#records.push(record);
    const envelope = { event, record, queuedAtMs: Date.now() };
    return this.#enqueue(room, () => this.#process(envelope));
  }

  /** Sends what `reorder` still holds back. */
  async release(): Promise<void> {
    const rooms = [...this.#held.keys()];
    await Promise.all(rooms.map((room) => this.#enqueue(room, () => this.#releaseRoom(room))));
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    let seen: number;
    do {
      seen = this.#records.length;
      await Promise.all(this.#queues.values());
    } while (seen !== this.#records.length);
  }

  records(): WebhookRecord[] {
    return structuredClone(this.#records);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#queues.values());
  }

  #enqueue(room: string, work: () => Promise<void>): Promise<void> {
    const queue = (this.#queues.get(room) ?? Promise.resolve()).then(work);
    this.#queues.set(room, queue);
    return queue;
  }

  async #process(envelope: Envelope): Promise<void> {
    const fault = this.faults.take(envelope.event.event);
    envelope.record.fault = fault?.kind;
    const { room } = envelope.record;
    if (fault?.kind === "drop") return;
    if (fault?.kind === "reorder") {
      this.#held.set(room, [...this.#held.get(room) ?? [], envelope]);
      return;
    }
    if (fault?.kind === "delay") await this.#timers.wait(fault.ms);
    await this.#deliver(envelope, fault?.kind);
    if (fault?.kind === "duplicate") await this.#deliver(envelope);
    await this.#releaseRoom(room);
  }

  async #releaseRoom(room: string): Promise<void> {
    const waiting = this.#held.get(room) ?? [];
    this.#held.delete(room);
    for (const envelope of waiting) await this.#deliver(envelope);
  }

  async #deliver(envelope: Envelope, spoil?: WebhookFaultKind): Promise<void> {
    for (let tries = 1; this.#timers.running; tries++) {
      const tooOld = Date.now() - envelope.queuedAtMs > maxAgeMs;
      if (tooOld || await this.#attempt(envelope, spoil) || tries === maxAttempts) return;
      await this.#timers.wait(this.#settings.webhookRetryMs * 2 ** (tries - 1));
    }
  }

  /** Posts once; false when it is worth another try. */
  async #attempt({ event, record }: Envelope, spoil?: WebhookFaultKind): Promise<boolean> {
    if (this.url === undefined) return true;
    record.attempts++;
    try {
      const request = await signedWebhook(event, this.#settings, spoil);
      const response = await fetch(this.url, { ...request, signal: this.#abort.signal });
      await response.body?.cancel();
      record.status = response.status;
      // hashicorp/go-retryablehttp repeats these and connection errors, nothing else.
      return response.status < 500 && response.status !== 429 || response.status === 501;
    } catch {
      return false;
    }
  }
}

/** An event as it is now: later changes of the room or participant do not reach it. */
export function newEvent(event: string, details: EventDetails): WebhookEvent {
  return new WebhookEvent({
    event,
    id: newId("EV"),
    createdAt: BigInt(Math.floor(Date.now() / 1000)),
    room: details.room?.clone(),
    participant: details.participant?.clone(),
  });
}
