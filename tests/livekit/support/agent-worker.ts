import {
  AvailabilityResponse,
  type JobAssignment,
  JobType,
  ParticipantPermission,
  RegisterWorkerRequest,
  ServerMessage,
  WorkerMessage,
  WorkerPing,
} from "@livekit/protocol";
import { AccessToken, AgentDispatchClient, RoomServiceClient } from "livekit-server-sdk";
import type { LiveKitServers } from "./servers.ts";
import { opened, socketUrl } from "./socket.ts";
import { until } from "./until.ts";

export interface WorkerOptions {
  name: string;
  /** Asked before a job is taken. */
  accepts: () => boolean;
  onAssigned: (assignment: JobAssignment) => void;
}

/**
 * Registers a worker at the server's /agent endpoint, as LiveKit's agent frameworks do
 * (livekit_agent.proto). Returns when the server has offered it a first job.
 */
export async function registerWorker(
  livekit: LiveKitServers,
  options: WorkerOptions,
): Promise<{ close(): void }> {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { ttl: "1h" });
  token.addGrant({ agent: true });
  const socket = new WebSocket(
    socketUrl(livekit.url, "/agent", { access_token: await token.toJwt(), protocol: "1" }),
  );
  const send = (message: WorkerMessage["message"]) =>
    socket.send(new WorkerMessage({ message }).toBinary());
  const offered = new Set<string>();
  socket.addEventListener("message", ({ data }) => {
    const { message } = ServerMessage.fromBinary(new Uint8Array(data));
    if (message.case === "assignment") options.onAssigned(message.value);
    if (message.case === "availability") {
      const { id = "", room } = message.value.job ?? {};
      const isTrial = room?.name.startsWith(TRIAL) ?? false;
      offered.add(room?.name ?? "");
      send({ case: "availability", value: availability(id, !isTrial && options.accepts()) });
    }
  });
  await opened(socket);
  send({
    case: "register",
    value: new RegisterWorkerRequest({
      type: JobType.JT_ROOM,
      agentName: options.name,
      version: "1.0.0",
      allowedPermissions: new ParticipantPermission({
        canPublish: true,
        canPublishData: true,
        canSubscribe: true,
      }),
    }),
  });
  await offerTrials(livekit, options.name, (room) => offered.has(room));
  const ping = setInterval(() => {
    send({ case: "ping", value: new WorkerPing({ timestamp: BigInt(Date.now()) }) });
  }, 10_000);
  return {
    close() {
      clearInterval(ping);
      socket.close();
    },
  };
}

const TRIAL = "trial-";

/**
 * The server confirms the registration before it listens for jobs for the worker, and a dispatch
 * in between goes to nobody: so jobs are offered until one arrives.
 */
async function offerTrials(
  { url, apiKey, apiSecret }: LiveKitServers,
  agentName: string,
  hasArrived: (room: string) => boolean,
): Promise<void> {
  const dispatches = new AgentDispatchClient(url, apiKey, apiSecret, { failover: false });
  const rooms = new RoomServiceClient(url, apiKey, apiSecret, { failover: false });
  const tried: string[] = [];
  await until("the worker is offered a job", async () => {
    const room = TRIAL + crypto.randomUUID();
    tried.push(room);
    await dispatches.createDispatch(room, agentName);
    return await until("this one", () => hasArrived(room), 0.5).catch(() => false);
  });
  for (const room of tried) await rooms.deleteRoom(room);
}

function availability(jobId: string, available: boolean): AvailabilityResponse {
  return new AvailabilityResponse({
    jobId,
    available,
    participantIdentity: `agent-${jobId}`,
    participantName: "Intake agent",
  });
}
