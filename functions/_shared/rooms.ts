import { ParticipantInfo_Kind, ParticipantInfo_State } from "@livekit/protocol";
import { AccessToken, RoomServiceClient, ServerError } from "livekit-server-sdk";
import type { LiveKitProject } from "./place-sip-call.ts";
import { classifyTelephonyError } from "./telephony-errors.ts";

/** Who is in a room, as far as a call is concerned. */
export interface Presence {
  /** Identities of the agents that can be heard: ACTIVE, not only on their way in. */
  agents: string[];
  /** Whether an agent is on its way in. */
  isAgentComing: boolean;
  /** Whether the phone leg is there. */
  hasPhone: boolean;
}

/** The rooms of calls at LiveKit. Every method throws TelephonyError only. */
export interface Rooms {
  /** Nobody, also when the room is gone. */
  look(roomName: string, phoneIdentity: string): Promise<Presence>;
  /**
   * Whether an agent's process answers. LiveKit lists one that was killed for another 21 seconds;
   * an agent that runs answers this by its SDK, whatever it is busy with.
   * unknown: it cannot be told, such as by a server that has no such request
   */
  ping(roomName: string, agentIdentity: string): Promise<"alive" | "silent" | "unknown">;
  /** Also when the room is gone already. */
  deleteRoom(name: string): Promise<void>;
}

export const REQUEST_SECONDS = 3;
const PING_MILLISECONDS = 1000;

/** LiveKit's rooms through its SDK. */
export function createRooms(project: LiveKitProject): Rooms {
  // On LiveKit Cloud the SDK would send a request again in another region.
  const rooms = new RoomServiceClient(
    project.LIVEKIT_URL,
    project.LIVEKIT_API_KEY,
    project.LIVEKIT_API_SECRET,
    { failover: false, requestTimeout: REQUEST_SECONDS },
  );
  return {
    look: (roomName, phoneIdentity) =>
      attempt(async () => {
        const participants = await rooms.listParticipants(roomName).catch(notFound([]));
        const agents = participants.filter(({ kind }) => kind === ParticipantInfo_Kind.AGENT);
        const active = agents.filter(({ state }) => state === ParticipantInfo_State.ACTIVE);
        return {
          agents: active.map(({ identity }) => identity),
          isAgentComing: active.length < agents.length,
          hasPhone: participants.some(({ identity }) => identity === phoneIdentity),
        };
      }),
    ping: (roomName, agentIdentity) => attempt(() => ping(project, roomName, agentIdentity)),
    deleteRoom: (name) =>
      attempt(async () => {
        await rooms.deleteRoom(name).catch(notFound(undefined));
      }),
  };
}

/**
 * RoomService.PerformRpc, which the SDK does not have yet: calls a method that no agent has, and
 * a participant that is alive says so (RpcError 1400). 1501: the message was not acknowledged. 1502: not
 * answered.
 */
async function ping(
  { LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET }: LiveKitProject,
  room: string,
  destinationIdentity: string,
): Promise<"alive" | "silent" | "unknown"> {
  const token = new AccessToken(LIVEKIT_API_KEY, LIVEKIT_API_SECRET, { ttl: 60 });
  token.addGrant({ roomAdmin: true, room });
  const origin = LIVEKIT_URL.replace(/^ws/, "http");
  const response = await fetch(new URL("/twirp/livekit.RoomService/PerformRpc", origin), {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${await token.toJwt()}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      room,
      destinationIdentity,
      method: "phone-pool.ping",
      responseTimeoutMs: PING_MILLISECONDS,
    }),
    signal: AbortSignal.timeout(REQUEST_SECONDS * 1000),
  });
  const text = await response.text();
  if (response.status === 429) throw new ServerError("Too Many Requests", "", 429);
  if (response.ok || /RpcError 1400\b/.test(text)) return "alive";
  // 500: the connection to the agent is broken, and may be mended, or it has none yet.
  return /RpcError 150[12]\b/.test(text) || response.status === 500 ? "silent" : "unknown";
}

/** Takes a 404 for this answer. */
export function notFound<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ServerError && error.status === 404) return answer;
    throw error;
  };
}

export async function attempt<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw classifyTelephonyError(error);
  }
}
