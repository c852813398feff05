import { DisconnectReason, ParticipantInfo_Kind, RoomEndReason } from "@livekit/protocol";
import { assert, assertEquals, assertNotMatch } from "../../../support/assert.ts";
import { callee, callerId, trunkId, until, withInbox } from "../support.ts";

Deno.test("a call is told in order, signed as the SDK wants it", () =>
  withInbox(async ({ rooms, sip, simulator, inbox }) => {
    await rooms.createRoom({ name: "call-1" });
    await sip.createSipParticipant(trunkId, callee, "call-1", {
      fromNumber: callerId,
      participantIdentity: "callee-1",
    });
    await until("the answer", () => simulator.state().calls[0]?.answeredAt);
    await rooms.deleteRoom("call-1");
    await simulator.control.webhooksIdle();

    assertEquals(inbox.refused, []);
    const { events } = inbox;
    assertEquals(
      events.map(({ event }) => event),
      ["room_started", "participant_joined", "participant_left", "room_finished"],
    );
    const [, joined, left, finished] = events;
    assertEquals(joined?.participant?.kind, ParticipantInfo_Kind.SIP);
    // The leg joins while it is still dialing: there is no event for the answer.
    assertEquals(joined?.participant?.attributes["sip.callStatus"], "dialing");
    assertEquals(left?.participant?.disconnectReason, DisconnectReason.ROOM_DELETED);
    assertEquals(left?.participant?.attributes["sip.callStatus"], "active");
    assertEquals(left?.participant?.joinedAtMs, joined?.participant?.joinedAtMs);
    assertEquals(finished?.roomEndReason, RoomEndReason.ROOM_END_UNKNOWN);
    assertEquals(new Set(events.map(({ id }) => id)).size, 4);
    assert(events.every(({ id, createdAt }) => id.startsWith("EV_") && createdAt > 0n));
    for (const headers of inbox.headers) {
      assertEquals(headers.get("content-type"), "application/webhook+json");
      assertNotMatch(headers.get("authorization") ?? "", /^Bearer/);
    }
  }));

Deno.test("without a URL nothing is sent", () =>
  withInbox(async ({ rooms, simulator, inbox }) => {
    simulator.control.setWebhookUrl(undefined);
    await rooms.createRoom({ name: "call-1" });
    await simulator.control.webhooksIdle();
    assertEquals([inbox.events, simulator.state().webhooks], [[], []]);
  }));
