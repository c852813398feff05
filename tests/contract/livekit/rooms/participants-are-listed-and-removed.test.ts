import { ParticipantInfo_Kind } from "@livekit/protocol";
import { ServerError } from "livekit-server-sdk";
import { assert, assertEquals } from "../../../support/assert.ts";
import { callee, callerId, rejection, trunkId, until, withLiveKit } from "../support.ts";

Deno.test("participants are listed and removed", () =>
  withLiveKit(async ({ rooms, sip, simulator }) => {
    assertEquals(await rooms.listParticipants("call-1"), []);
    const options = { fromNumber: callerId, participantIdentity: "callee-1" };
    const { sipCallId } = await sip.createSipParticipant(trunkId, callee, "call-1", options);
    const [leg] = await rooms.listParticipants("call-1");
    assertEquals([leg?.identity, leg?.kind], ["callee-1", ParticipantInfo_Kind.SIP]);
    assertEquals(leg?.attributes["sip.callID"], sipCallId);
    assertEquals((await rooms.getParticipant("call-1", "callee-1")).sid, leg?.sid);

    await until("the answer", () => simulator.state().calls[0]?.status === "active");
    await rooms.removeParticipant("call-1", "callee-1");
    assertEquals(await rooms.listParticipants("call-1"), []);
    assertEquals(simulator.state().calls[0]?.disconnectReason, "PARTICIPANT_REMOVED");

    for (
      const missing of [
        () => rooms.removeParticipant("call-1", "callee-1"),
        () => rooms.getParticipant("call-1", "callee-1"),
      ]
    ) {
      const error = await rejection(missing());
      assert(error instanceof ServerError);
      assertEquals([error.status, error.code], [404, "not_found"]);
    }
  }));

Deno.test("a missing room's participants can be a 404 instead", () =>
  withLiveKit(async ({ rooms }) => {
    const error = await rejection(rooms.listParticipants("nowhere"));
    assert(error instanceof ServerError);
    assertEquals([error.status, error.message], [404, "requested room does not exist"]);
  }, { participantsOfMissingRoom: "not_found" }));
