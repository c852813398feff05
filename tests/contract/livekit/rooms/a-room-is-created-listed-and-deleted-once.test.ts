import { ServerError } from "livekit-server-sdk";
import { assert, assertEquals } from "../../../support/assert.ts";
import { rejection, withLiveKit } from "../support.ts";

Deno.test("a room is created, listed and deleted once", () =>
  withLiveKit(async ({ rooms }) => {
    const created = await rooms.createRoom({ name: "call-1", maxParticipants: 1, metadata: "m" });
    assertEquals([created.name, created.maxParticipants, created.metadata], ["call-1", 1, "m"]);
    assertEquals([created.emptyTimeout, created.departureTimeout], [300, 20]);
    assert(created.sid.startsWith("RM_"));

    const again = await rooms.createRoom({ name: "call-1", emptyTimeout: 60 });
    assertEquals([again.sid, again.emptyTimeout, again.metadata], [created.sid, 60, "m"]);

    await rooms.createRoom({ name: "call-2" });
    assertEquals((await rooms.listRooms()).map(({ name }) => name), ["call-1", "call-2"]);
    assertEquals((await rooms.listRooms(["call-2"])).map(({ name }) => name), ["call-2"]);

    await rooms.deleteRoom("call-1");
    const gone = await rejection(rooms.deleteRoom("call-1"));
    assert(gone instanceof ServerError);
    assertEquals([gone.status, gone.code], [404, "not_found"]);

    const refused = await rejection(rooms.createRoom({ name: "x".repeat(257) }));
    assert(refused instanceof ServerError);
    assertEquals([refused.status, refused.code], [400, "invalid_argument"]);
  }));
