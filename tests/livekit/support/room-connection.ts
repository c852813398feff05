import { type ParticipantInfo, Ping, SignalRequest, SignalResponse } from "@livekit/protocol";
import type { LiveKitServers } from "./servers.ts";
import { opened, socketUrl } from "./socket.ts";

export interface RoomConnection {
  /** Settles when the server or `leave` has ended it. */
  ended: Promise<void>;
  leave(): void;
}

const PING_MILLISECONDS = 5000;
// The newest signalling protocol that livekit-server 1.13 knows.
const PROTOCOL = "16";

/**
 * Joins a room over the signalling socket alone: listed and told of the others like every
 * participant, without media. The server lets that be for a minute.
 * @param onParticipants told of everybody else, at the start and at every change
 */
export async function joinRoom(
  livekit: LiveKitServers,
  token: string,
  onParticipants: (participants: ParticipantInfo[]) => void,
): Promise<RoomConnection> {
  const query = { access_token: token, protocol: PROTOCOL, sdk: "js", auto_subscribe: "0" };
  const socket = new WebSocket(socketUrl(livekit.url, "/rtc", query));
  const joined = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve) => {
    socket.addEventListener("close", () => resolve(), { once: true });
  });
  socket.addEventListener("message", ({ data }) => {
    const { message } = SignalResponse.fromBinary(new Uint8Array(data));
    if (message.case === "join") {
      joined.resolve();
      onParticipants(message.value.otherParticipants);
    }
    if (message.case === "update") onParticipants(message.value.participants);
    if (message.case === "leave") socket.close();
  });
  await opened(socket);
  await Promise.race([joined.promise, ended]);
  const ping = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    const value = new Ping({ timestamp: BigInt(Date.now()) });
    socket.send(new SignalRequest({ message: { case: "pingReq", value } }).toBinary());
  }, PING_MILLISECONDS);
  ended.then(() => clearInterval(ping));
  return { ended, leave: () => socket.close() };
}
