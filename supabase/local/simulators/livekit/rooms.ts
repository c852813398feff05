import {
  CreateRoomRequest,
  DisconnectReason,
  ParticipantInfo,
  ParticipantInfo_Kind,
  ParticipantInfo_State,
  Room,
} from "@livekit/protocol";
import type { AgentDispatch } from "@livekit/protocol";
import { newId } from "./ids.ts";
import type { Settings } from "./options.ts";
import type { Timers } from "./timers.ts";
import { TwirpFailure } from "./twirp-failure.ts";
import type { Emit } from "./webhooks.ts";

export interface Participant {
  info: ParticipantInfo;
  /** Told before the others are, while the room still knows the participant. */
  onLeave(reason: DisconnectReason): void;
}

export interface RoomEntry {
  room: Room;
  participants: Map<string, Participant>;
  dispatches: Map<string, AgentDispatch>;
  /** When the last phone leg left; undefined before the first came. */
  departedAtMs?: number;
  cancelClosing(): void;
}

interface Dependencies {
  settings: Settings;
  timers: Timers;
  emit: Emit;
  onOpened(entry: RoomEntry, request: CreateRoomRequest): void;
}

const defaults = { emptyTimeout: 300, departureTimeout: 20 };

/** Agents do not count: not for max_participants, not for keeping a room open. */
const countsAsPresent = (participant: Participant) =>
  participant.info.kind !== ParticipantInfo_Kind.AGENT;

export class Rooms {
  readonly #entries = new Map<string, RoomEntry>();
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  get(name: string): RoomEntry | undefined {
    return this.#entries.get(name);
  }

  list(): RoomEntry[] {
    return [...this.#entries.values()];
  }

  /** The room of that name; opened with these options when it is new, changed when it is not. */
  open(request: CreateRoomRequest): RoomEntry {
    const existing = this.#entries.get(request.name);
    const entry = existing ?? newEntry(request.name);
    applyOptions(entry.room, request);
    this.#entries.set(request.name, entry);
    this.#scheduleClosing(entry);
    if (!existing) {
      this.#deps.emit("room_started", { room: entry.room });
      this.#deps.onOpened(entry, request);
    }
    return entry;
  }

  /**
   * Joins, without media yet; evicts who has the same identity; refuses beyond the room's
   * max_participants.
   */
  join(name: string, participant: Participant): RoomEntry {
    const entry = this.open(new CreateRoomRequest({ name }));
    const { info } = participant;
    this.leave(name, info.identity, DisconnectReason.DUPLICATE_IDENTITY);
    const { maxParticipants } = entry.room;
    if (countsAsPresent(participant) && maxParticipants > 0 && present(entry) >= maxParticipants) {
      throw new TwirpFailure(
        "internal",
        "update room failed: could not connect: room has exceeded its max participants",
      );
    }
    markJoined(info);
    entry.participants.set(info.identity, participant);
    entry.room.numParticipants = present(entry);
    this.#scheduleClosing(entry);
    return entry;
  }

  /** Has media from now on: for the webhooks it joins only then. */
  activate(name: string, identity: string): void {
    const entry = this.#entries.get(name);
    const info = entry?.participants.get(identity)?.info;
    if (!entry || !info) return;
    info.state = ParticipantInfo_State.ACTIVE;
    this.#deps.emit("participant_joined", { room: entry.room, participant: info });
  }

  setAttributes(name: string, identity: string, attributes: Record<string, string>): void {
    const info = this.#entries.get(name)?.participants.get(identity)?.info;
    if (info) info.attributes = { ...info.attributes, ...attributes };
  }

  /** Takes a participant out; false when there is none of that identity. */
  leave(name: string, identity: string, reason: DisconnectReason): boolean {
    const entry = this.#entries.get(name);
    const participant = entry?.participants.get(identity);
    if (!entry || !participant) return false;
    entry.participants.delete(identity);
    participant.onLeave(reason);
    const wasActive = participant.info.state === ParticipantInfo_State.ACTIVE;
    participant.info.state = ParticipantInfo_State.DISCONNECTED;
    participant.info.disconnectReason = reason;
    entry.room.numParticipants = present(entry);
    if (countsAsPresent(participant)) entry.departedAtMs = Date.now();
    this.#scheduleClosing(entry);
    this.#deps.emit(wasActive ? "participant_left" : "participant_connection_aborted", {
      room: entry.room,
      participant: participant.info,
    });
    return true;
  }

  /** Ends a room and everybody in it; false when there is none of that name. */
  close(name: string, why: "deleted" | "idle"): boolean {
    const entry = this.#entries.get(name);
    if (!entry) return false;
    const reason = why === "deleted" ? DisconnectReason.ROOM_DELETED : DisconnectReason.ROOM_CLOSED;
    for (const identity of [...entry.participants.keys()]) this.leave(name, identity, reason);
    entry.cancelClosing();
    this.#entries.delete(name);
    // livekit-server 1.13 leaves the event's roomEndReason unset.
    this.#deps.emit("room_finished", { room: entry.room });
    return true;
  }

  #scheduleClosing(entry: RoomEntry): void {
    entry.cancelClosing();
    if (present(entry) > 0) return;
    const { settings, timers } = this.#deps;
    const { name, creationTimeMs, emptyTimeout, departureTimeout } = entry.room;
    const [since, seconds] = entry.departedAtMs === undefined
      ? [Number(creationTimeMs), emptyTimeout]
      : [entry.departedAtMs, departureTimeout];
    const left = since + seconds * settings.millisecondsPerSecond - Date.now();
    entry.cancelClosing = timers.after(Math.max(0, left), () => this.close(name, "idle"));
  }
}

function present(entry: RoomEntry): number {
  return [...entry.participants.values()].filter(countsAsPresent).length;
}

function newEntry(name: string): RoomEntry {
  const now = Date.now();
  const room = new Room({
    ...defaults,
    name,
    sid: newId("RM"),
    creationTime: BigInt(Math.floor(now / 1000)),
    creationTimeMs: BigInt(now),
  });
  return { room, participants: new Map(), dispatches: new Map(), cancelClosing: () => {} };
}

function applyOptions(room: Room, request: CreateRoomRequest): void {
  if (request.emptyTimeout > 0) room.emptyTimeout = request.emptyTimeout;
  if (request.departureTimeout > 0) room.departureTimeout = request.departureTimeout;
  if (request.maxParticipants > 0) room.maxParticipants = request.maxParticipants;
  if (request.metadata !== "") room.metadata = request.metadata;
}

function markJoined(info: ParticipantInfo): void {
  const now = Date.now();
  if (info.sid === "") info.sid = newId("PA");
  info.state = ParticipantInfo_State.JOINED;
  info.joinedAt = BigInt(Math.floor(now / 1000));
  info.joinedAtMs = BigInt(now);
}
