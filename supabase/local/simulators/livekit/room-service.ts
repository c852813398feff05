import {
  CreateRoomRequest,
  DeleteRoomRequest,
  DeleteRoomResponse,
  DisconnectReason,
  ListParticipantsRequest,
  ListParticipantsResponse,
  ListRoomsRequest,
  ListRoomsResponse,
  type ParticipantInfo,
  RemoveParticipantResponse,
  RoomParticipantIdentity,
} from "@livekit/protocol";
import { requireRoomAdmin, requireRoomCreate, requireRoomList } from "./access.ts";
import type { Settings } from "./options.ts";
import type { Rooms } from "./rooms.ts";
import { validateRoom } from "./sip-validation.ts";
import { method, type TwirpMethods } from "./twirp.ts";
import { TwirpFailure } from "./twirp-failure.ts";

/** RoomService of livekit-server (pkg/service/roomservice.go), as far as phone calls need it. */
export function roomService(settings: Settings, rooms: Rooms): TwirpMethods {
  return {
    "livekit.RoomService/CreateRoom": method(CreateRoomRequest, (request, claims) => {
      requireRoomCreate(claims);
      validateRoom(request.name, request.metadata);
      return rooms.open(request).room;
    }),
    "livekit.RoomService/DeleteRoom": method(DeleteRoomRequest, ({ room }, claims) => {
      requireRoomCreate(claims);
      if (!rooms.close(room, "deleted")) throw new TwirpFailure("not_found", "room not found");
      return new DeleteRoomResponse();
    }),
    "livekit.RoomService/ListRooms": method(ListRoomsRequest, ({ names }, claims) => {
      requireRoomList(claims);
      const wanted = rooms.list().map(({ room }) => room)
        .filter(({ name }) => names.length === 0 || names.includes(name));
      return new ListRoomsResponse({ rooms: wanted });
    }),
    "livekit.RoomService/ListParticipants": method(ListParticipantsRequest, ({ room }, claims) => {
      requireRoomAdmin(claims, room);
      return new ListParticipantsResponse({ participants: participantsOf(rooms, room, settings) });
    }),
    "livekit.RoomService/GetParticipant": method(RoomParticipantIdentity, (request, claims) => {
      requireRoomAdmin(claims, request.room);
      const found = rooms.get(request.room)?.participants.get(request.identity);
      if (!found) throw new TwirpFailure("not_found", "participant does not exist");
      return found.info;
    }),
    "livekit.RoomService/RemoveParticipant": method(RoomParticipantIdentity, (request, claims) => {
      requireRoomAdmin(claims, request.room);
      const { room, identity } = request;
      if (!rooms.leave(room, identity, DisconnectReason.PARTICIPANT_REMOVED)) {
        throw new TwirpFailure("not_found", "participant not found");
      }
      return new RemoveParticipantResponse();
    }),
  };
}

function participantsOf(rooms: Rooms, name: string, settings: Settings): ParticipantInfo[] {
  const entry = rooms.get(name);
  if (!entry && settings.participantsOfMissingRoom === "not_found") {
    throw new TwirpFailure("not_found", "requested room does not exist");
  }
  return [...entry?.participants.values() ?? []].map(({ info }) => info);
}
