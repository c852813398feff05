import { ParticipantInfo_State, PerformRpcRequest, PerformRpcResponse } from "@livekit/protocol";
import { requireRoomAdmin } from "./access.ts";
import type { Agents } from "./agents.ts";
import type { Settings } from "./options.ts";
import type { Rooms } from "./rooms.ts";
import type { Timers } from "./timers.ts";
import { method, type TwirpMethods } from "./twirp.ts";
import { TwirpFailure } from "./twirp-failure.ts";

const DEFAULT_MILLISECONDS = 15_000;
/** After which livekit-server gives up a request that no node answers. */
const UNHEARD_SECONDS = 3;
/** After which the connection to a process that is gone is seen to be broken. */
const BROKEN_SECONDS = 5;

interface Dependencies {
  settings: Settings;
  rooms: Rooms;
  agents: Agents;
  timers: Timers;
}

/**
 * RoomService.PerformRpc of livekit-server, as far as an agent is asked for a method that it does
 * not have: its SDK says so, whatever the agent is busy with, unless its process is gone.
 */
export function rpcService(
  { settings, rooms, agents, timers }: Dependencies,
): TwirpMethods {
  return {
    "livekit.RoomService/PerformRpc": method(
      PerformRpcRequest,
      async ({ room, destinationIdentity, responseTimeoutMs }, claims): Promise<
        PerformRpcResponse
      > => {
        requireRoomAdmin(claims, room);
        const info = rooms.get(room)?.participants.get(destinationIdentity)?.info;
        // Only the node of the room listens for it, and that for participants who are there.
        if (!info) {
          await timers.wait(UNHEARD_SECONDS * settings.millisecondsPerSecond);
          throw new TwirpFailure("unavailable", "no response from servers");
        }
        const dead = agents.secondsDead(destinationIdentity);
        if (info.state !== ParticipantInfo_State.ACTIVE || dead && dead > BROKEN_SECONDS) {
          throw new TwirpFailure("internal", "twirp error unknown: data channel is not available");
        }
        if (dead !== undefined) {
          await timers.wait(responseTimeoutMs || DEFAULT_MILLISECONDS);
          throw rpcError("canceled", 1502, "Response timeout");
        }
        throw rpcError("invalid_argument", 1400, "Method not supported at destination");
      },
    ),
  };
}

const rpcError = (code: "canceled" | "invalid_argument", number: number, words: string) =>
  new TwirpFailure(code, `twirp error unknown: RpcError ${number}: ${words}`);
