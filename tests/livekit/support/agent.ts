import { type JobAssignment, ParticipantInfo_Kind } from "@livekit/protocol";
import { z } from "zod";
import { registerWorker } from "./agent-worker.ts";
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
  name: string;
  /** "comes": joins the room. "is-busy": refuses the job. "crashes": takes it and never comes. */
  when?: "comes" | "is-busy" | "crashes";
  onCallStatus?: (change: CallStatusChange) => void | Promise<void>;
}

/** The smallest thing that LiveKit takes for an agent. It hears and says nothing. */
export interface Agent extends AsyncDisposable {
  /** Names of the rooms that it was sent to. */
  rooms: string[];
  /** By room: when the server had let it in. */
  joinedAt: Map<string, number>;
  changes: CallStatusChange[];
  /** Why it could not join a room, such as one that was deleted in the meantime. */
  failures: unknown[];
}

const jobMetadata = z.object({ call_id: z.string() }).catch({ call_id: "" });

export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { livekit, name, when = "comes", onCallStatus } = options;
  const [rooms, changes, failures]: [string[], CallStatusChange[], unknown[]] = [[], [], []];
  const joinedAt = new Map<string, number>();
  const connections: Promise<RoomConnection | void>[] = [];
  const reports: (void | Promise<void>)[] = [];
  const worker = await registerWorker(livekit, {
    name,
    accepts: () => when !== "is-busy",
    onAssigned(assignment) {
      const room = assignment.job?.room?.name ?? "";
      rooms.push(room);
      if (when === "crashes") return;
      const joining = attend(livekit, assignment, (change) => {
        changes.push(change);
        reports.push(onCallStatus?.(change));
      });
      joining.then(() => joinedAt.set(room, Date.now()), () => {});
      connections.push(joining.catch((error) => void failures.push(error)));
    },
  });
  return {
    rooms,
    joinedAt,
    changes,
    failures,
    async [Symbol.asyncDispose]() {
      worker.close();
      for (const connection of await Promise.all(connections)) {
        connection?.leave();
        await connection?.ended;
      }
      await Promise.all(reports);
    },
  };
}

/** Joins the job's room and tells what becomes of the phone in it. */
function attend(
  livekit: LiveKitServers,
  { job, token }: JobAssignment,
  onChange: (change: CallStatusChange) => void,
): Promise<RoomConnection> {
  const room = job?.room?.name ?? "";
  const callId = jobMetadata.parse(parseJson(job?.metadata ?? "")).call_id;
  let last: string | undefined;
  return joinRoom(livekit, token, (participants) => {
    const phone = participants.find(({ kind }) => kind === ParticipantInfo_Kind.SIP);
    const status = phone?.attributes["sip.callStatus"];
    if (status === undefined || status === last) return;
    last = status;
    onChange({ at: Date.now(), room, callId, status, token });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
