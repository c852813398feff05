import {
  CreateAgentDispatchRequest,
  CreateRoomRequest,
  DeleteAgentDispatchRequest,
  ListAgentDispatchRequest,
  ListAgentDispatchResponse,
} from "@livekit/protocol";
import { requireRoomAdmin } from "./access.ts";
import type { Agents } from "./agents.ts";
import type { RoomEntry, Rooms } from "./rooms.ts";
import { validateRoom } from "./sip-validation.ts";
import { method, type TwirpMethods } from "./twirp.ts";
import { TwirpFailure } from "./twirp-failure.ts";

/** AgentDispatchService of livekit-server (pkg/service/agent_dispatch_service.go). */
export function agentDispatchService(rooms: Rooms, agents: Agents): TwirpMethods {
  /** Only the node of a running room listens for these, so without a room nobody replies. */
  function runningRoom(name: string): RoomEntry {
    const entry = rooms.get(name);
    if (!entry) throw new TwirpFailure("unavailable", "no response from servers");
    return entry;
  }

  return {
    "livekit.AgentDispatchService/CreateDispatch": method(
      CreateAgentDispatchRequest,
      (request, claims) => {
        requireRoomAdmin(claims, request.room);
        validateRoom(request.room, request.metadata);
        const entry = rooms.open(new CreateRoomRequest({ name: request.room }));
        return agents.dispatch(entry, request);
      },
    ),
    "livekit.AgentDispatchService/ListDispatch": method(
      ListAgentDispatchRequest,
      ({ room, dispatchId }, claims) => {
        requireRoomAdmin(claims, room);
        const agentDispatches = [...runningRoom(room).dispatches.values()]
          .filter(({ id }) => dispatchId === "" || id === dispatchId);
        return new ListAgentDispatchResponse({ agentDispatches });
      },
    ),
    "livekit.AgentDispatchService/DeleteDispatch": method(
      DeleteAgentDispatchRequest,
      ({ room, dispatchId }, claims) => {
        requireRoomAdmin(claims, room);
        const removed = agents.remove(runningRoom(room), dispatchId);
        if (!removed) throw new TwirpFailure("not_found", "dispatch ID not found");
        return removed;
      },
    ),
  };
}
