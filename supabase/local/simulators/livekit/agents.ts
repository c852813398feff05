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

export class Agents {
  readonly #deps: Dependencies;

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

  /** The agents of this room crash; returns how many there were. */
  crash(room: string): number {
    const { rooms } = this.#deps;
    const dispatches = [...rooms.get(room)?.dispatches.values() ?? []];
    return dispatches.flatMap(identitiesOf)
      .filter((identity) => rooms.leave(room, identity, DisconnectReason.AGENT_ERROR))
      .length;
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
      if (isWanted()) this.#join(entry, `agent-${job.id}`, state);
    });
  }

  #join(entry: RoomEntry, identity: string, state: JobState): void {
    this.#deps.rooms.join(entry.room.name, {
      info: new ParticipantInfo({
        identity,
        kind: ParticipantInfo_Kind.AGENT,
        attributes: { "lk.agent.state": "listening" },
      }),
      onLeave: (reason) => endJob(state, reason),
    });
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

function endJob(state: JobState, reason: DisconnectReason): void {
  state.status = reason === DisconnectReason.AGENT_ERROR
    ? JobStatus.JS_FAILED
    : JobStatus.JS_SUCCESS;
  state.endedAt = state.updatedAt = nanoseconds();
}

function nanoseconds(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
