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
  const rooms: string[] = [];
  const joinedAt = new Map<string, number>();
  const changes: CallStatusChange[] = [];
  const failures: unknown[] = [];
  const connections: Promise<RoomConnection | void>[] = [];
  const reports: (void | Promise<void>)[] = [];
  const attend = ({ job, token }: JobAssignment) => {
    const room = job?.room?.name ?? "";
    const callId = jobMetadata.parse(parseJson(job?.metadata ?? "")).call_id;
    let last = "";
    rooms.push(room);
    if (when === "crashes") return;
    const joining = joinRoom(livekit, token, (participants) => {
      const phone = participants.find(({ kind }) => kind === ParticipantInfo_Kind.SIP);
      const status = phone?.attributes["sip.callStatus"];
      if (!status || status === last) return;
      last = status;
      const change = { at: Date.now(), room, callId, status, token };
      changes.push(change);
      reports.push(onCallStatus?.(change));
    });
    joining.then(() => joinedAt.set(room, Date.now()), () => {});
    connections.push(joining.catch((error) => void failures.push(error)));
  };
  const worker = await registerWorker(livekit, {
    name,
    accepts: () => when !== "is-busy",
    onAssigned: attend,
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
