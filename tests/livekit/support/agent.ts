import type { JobAssignment } from "@livekit/protocol";
import { z } from "zod";
import { registerWorker } from "./agent-worker.ts";
import { startMedia } from "./media.ts";
import { joinRoom, type RoomConnection } from "./room-connection.ts";
import type { LiveKitServers } from "./servers.ts";

/** A change of a phone's sip.callStatus, as the agent in its room was told. */
export interface CallStatusChange {
  at: number;
  room: string;
  /** From the job's metadata. */
  callId: string;
  status: string;
  /** What the server let the agent in with. It speaks for this room. */
  token: string;
}

export interface AgentOptions {
  livekit: LiveKitServers;
  /** A Python that has livekit-agents. */
  python: string;
  name: string;
  /**
   * "comes": joins the room. "gets-no-media": is let in, and can never be heard. "is-busy": refuses
   * the job. "crashes": takes it and never comes.
   */
  when?: "comes" | "gets-no-media" | "is-busy" | "crashes";
  onCallStatus?: (change: CallStatusChange) => void | Promise<void>;
}

/** The smallest thing that LiveKit takes for an agent. It says nothing. */
export interface Agent extends AsyncDisposable {
  /** Names of the rooms that it was sent to. */
  rooms: string[];
  /** By room: when it could be heard there. */
  joinedAt: Map<string, number>;
  /** By room: when it was out. */
  leftAt: Map<string, number>;
  changes: CallStatusChange[];
  /** Why it could not join a room, such as one that was deleted in the meantime. */
  failures: unknown[];
  leave(room: string): void;
  /** Its process is killed, with all its rooms. */
  kill(): void;
}

const jobMetadata = z.object({ call_id: z.string() }).catch({ call_id: "" });

interface Job {
  token: string;
  callId: string;
}

export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { livekit, name, when = "comes", onCallStatus } = options;
  const [rooms, changes, failures]: [string[], CallStatusChange[], unknown[]] = [[], [], []];
  const [joinedAt, leftAt] = [new Map<string, number>(), new Map<string, number>()];
  const jobs = new Map<string, Job>();
  const mute: Promise<RoomConnection | void>[] = [];
  const reports: (void | Promise<void>)[] = [];
  const media = await startMedia(options.python, (event) => {
    const at = Date.now();
    const { room, joined, left, failed, status } = event;
    if (joined) joinedAt.set(room, at);
    if (left !== undefined) leftAt.set(room, at);
    if (failed !== undefined) failures.push(failed);
    if (status !== undefined) {
      const change = { at, room, status, ...jobs.get(room) ?? { token: "", callId: "" } };
      changes.push(change);
      reports.push(onCallStatus?.(change));
    }
  });
  const worker = await registerWorker(livekit, {
    name,
    accepts: () => when !== "is-busy",
    onAssigned(assignment) {
      const { room, ...job } = jobOf(assignment);
      rooms.push(room);
      jobs.set(room, job);
      if (when === "comes") media.join(room, livekit.url, job.token);
      if (when === "gets-no-media") {
        mute.push(
          joinRoom(livekit, job.token, () => {}).catch((error) => void failures.push(error)),
        );
      }
    },
  });
  return {
    rooms,
    joinedAt,
    leftAt,
    changes,
    failures,
    leave: media.leave,
    kill: media.kill,
    async [Symbol.asyncDispose]() {
      worker.close();
      for (const connection of await Promise.all(mute)) {
        connection?.leave();
        await connection?.ended;
      }
      await media.end();
      await Promise.all(reports);
    },
  };
}

function jobOf({ job, token }: JobAssignment): Job & { room: string } {
  const callId = jobMetadata.parse(parseJson(job?.metadata ?? "")).call_id;
  return { room: job?.room?.name ?? "", token, callId };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
