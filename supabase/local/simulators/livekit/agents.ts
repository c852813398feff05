import {
  AgentDispatch,
  AgentDispatchState,
  DisconnectReason,
  Job,
  JobState,
  JobStatus,
  JobType,
  ParticipantInfo,
  ParticipantInfo_Kind,
  RoomAgentDispatch,
} from "@livekit/protocol";
import { newId } from "./ids.ts";
import type { Settings } from "./options.ts";
import type { RoomEntry, Rooms } from "./rooms.ts";
import type { Timers } from "./timers.ts";

export interface DispatchRequest {
  agentName: string;
  metadata: string;
}

interface Dependencies {
  settings: Settings;
  timers: Timers;
  rooms: Rooms;
}

/** Of livekit-server 1.13: until a participant that is not heard of any more leaves. */
const UNHEARD_SECONDS = 21;
/** Until one without media is thrown out. */
const JOINING_SECONDS = 60;

export class Agents {
  readonly #deps: Dependencies;
  readonly #killedAt = new Map<string, number>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Records a dispatch; when a worker of that name exists, its agent joins a little later. */
  dispatch(entry: RoomEntry, { agentName, metadata }: DispatchRequest): AgentDispatch {
    const created = new AgentDispatch({
      id: newId("AD"),
      agentName,
      metadata,
      room: entry.room.name,
      state: new AgentDispatchState({ createdAt: nanoseconds() }),
    });
    entry.dispatches.set(created.id, created);
    // No worker of that name: LiveKit logs it, answers success and never tries again.
    if (this.#deps.settings.agentNames.includes(agentName)) this.#startJob(entry, created);
    return created;
  }

  /** What a new room gets by itself: its agents, or else every agent without a name. */
  dispatchInto(entry: RoomEntry, requested: RoomAgentDispatch[]): void {
    const nameless = this.#deps.settings.agentNames.includes("") ? [new RoomAgentDispatch()] : [];
    for (const request of requested.length > 0 ? requested : nameless) {
      this.dispatch(entry, request);
    }
  }

  /** Takes a dispatch back, and its agent out of the room. */
  remove(entry: RoomEntry, dispatchId: string): AgentDispatch | undefined {
    const dispatched = entry.dispatches.get(dispatchId);
    if (!dispatched) return undefined;
    entry.dispatches.delete(dispatchId);
    for (const identity of identitiesOf(dispatched)) {
      this.#deps.rooms.leave(entry.room.name, identity, DisconnectReason.PARTICIPANT_REMOVED);
    }
    if (dispatched.state) dispatched.state.deletedAt = nanoseconds();
    return dispatched;
  }

  /** The agents of this room end in order, and leave; returns how many there were. */
  leave(room: string): number {
    const present = this.#presentIn(room);
    for (const identity of present) {
      this.#deps.rooms.leave(room, identity, DisconnectReason.CLIENT_INITIATED);
    }
    return present.length;
  }

  /**
   * The processes of this room's agents are killed; returns how many there were. LiveKit notices
   * that only when it has heard nothing for 21 seconds: until then they are listed as before.
   */
  crash(room: string): number {
    const { rooms, timers, settings } = this.#deps;
    const present = this.#presentIn(room);
    for (const identity of present) {
      this.#killedAt.set(identity, Date.now());
      timers.after(UNHEARD_SECONDS * settings.millisecondsPerSecond, () => {
        rooms.leave(room, identity, DisconnectReason.CONNECTION_TIMEOUT);
      });
    }
    return present.length;
  }

  /** One more agent comes into this room, as when a call is handed over; false: no such room. */
  join(room: string): boolean {
    const entry = this.#deps.rooms.get(room);
    if (entry) this.#join(entry, `agent-${newId("AJ")}`);
    return entry !== undefined;
  }

  /** Since when this agent's process is gone, in seconds; undefined: it is alive. */
  secondsDead(identity: string): number | undefined {
    const at = this.#killedAt.get(identity);
    if (at === undefined) return undefined;
    return (Date.now() - at) / this.#deps.settings.millisecondsPerSecond;
  }

  #presentIn(room: string): string[] {
    return [...this.#deps.rooms.get(room)?.participants.values() ?? []]
      .filter(({ info }) => info.kind === ParticipantInfo_Kind.AGENT)
      .map(({ info }) => info.identity);
  }

  #startJob(entry: RoomEntry, dispatched: AgentDispatch): void {
    const state = new JobState({ updatedAt: nanoseconds() });
    const job = new Job({
      id: newId("AJ"),
      dispatchId: dispatched.id,
      type: JobType.JT_ROOM,
      room: entry.room.clone(),
      agentName: dispatched.agentName,
      metadata: dispatched.metadata,
      state,
    });
    const { settings, timers, rooms } = this.#deps;
    const isWanted = () =>
      rooms.get(entry.room.name) === entry && entry.dispatches.has(dispatched.id);
    // Listed only once a worker has taken it, and then as running, though nobody has joined yet.
    timers.after(settings.agentJoinMs / 2, () => {
      if (isWanted()) take(dispatched, job, state);
    });
    timers.after(settings.agentJoinMs, () => {
      if (isWanted()) this.#join(entry, `agent-${job.id}`);
    });
  }

  /** In the room, and a little later with media; or never, and thrown out. */
  #join(entry: RoomEntry, identity: string): void {
    const { rooms, timers, settings } = this.#deps;
    const { name } = entry.room;
    rooms.join(name, {
      info: new ParticipantInfo({
        identity,
        kind: ParticipantInfo_Kind.AGENT,
        attributes: { "lk.agent.state": "listening" },
      }),
      onLeave: () => {},
    });
    if (settings.agentMediaMs === null) {
      const seconds = JOINING_SECONDS * settings.millisecondsPerSecond;
      timers.after(seconds, () => rooms.leave(name, identity, DisconnectReason.JOIN_FAILURE));
    } else if (settings.agentMediaMs === 0) {
      rooms.activate(name, identity);
    } else {
      timers.after(settings.agentMediaMs, () => rooms.activate(name, identity));
    }
  }
}

function take(dispatched: AgentDispatch, job: Job, state: JobState): void {
  state.status = JobStatus.JS_RUNNING;
  state.startedAt = state.updatedAt = nanoseconds();
  state.participantIdentity = `agent-${job.id}`;
  state.workerId = "AW_simulator";
  dispatched.state?.jobs.push(job);
}

function identitiesOf(dispatched: AgentDispatch): string[] {
  return (dispatched.state?.jobs ?? []).flatMap((job) => job.state?.participantIdentity ?? []);
}

function nanoseconds(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
