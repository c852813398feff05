import { assert, assertEquals } from "../../../support/assert.ts";
import { callee, callerId, type Scene, trunkId, until, withInbox } from "../support.ts";

const cases: Record<string, { act: (scene: Scene, id: string) => unknown; reason: string }> = {
  "the callee hangs up": {
    act: ({ simulator }, id) => simulator.control.hangUp(id),
    reason: "CLIENT_INITIATED",
  },
  "the room is deleted": { act: ({ rooms }) => rooms.deleteRoom("call-1"), reason: "ROOM_DELETED" },
  "the longest duration passed": { act: () => {}, reason: "CLIENT_INITIATED" },
};

for (const [name, { act, reason }] of Object.entries(cases)) {
  Deno.test(`a call lasts until somebody ends it: ${name}`, () =>
    withInbox(async (scene) => {
      const { sip, simulator, inbox } = scene;
      const { sipCallId } = await sip.createSipParticipant(trunkId, callee, "call-1", {
        fromNumber: callerId,
        maxCallDuration: name.includes("longest") ? 1 : undefined,
      });
      await until("the answer", () => simulator.state().calls[0]?.answeredAt);
      await act(scene, sipCallId);
      const left = await until(
        "participant_left",
        () => inbox.events.find(({ event }) => event === "participant_left"),
      );
      assertEquals(simulator.state().calls[0]?.disconnectReason, reason);
      assertEquals(
        left.participant?.attributes["sip.callStatus"],
        reason === "ROOM_DELETED" ? "active" : "hangup",
      );
      assertEquals(simulator.control.hangUp(sipCallId), false);
    }, { millisecondsPerSecond: 50, endsLongCalls: true }));
}

Deno.test("the longest duration counts from dialling", () =>
  withInbox(async ({ sip, simulator }) => {
    simulator.control.setOutcomes({ "*": { kind: "answered", afterMs: 700 } });
    await sip.createSipParticipant(trunkId, callee, "call-1", {
      fromNumber: callerId,
      maxCallDuration: 4,
    });
    await until("the end", () => simulator.state().calls[0]?.endedAt);
    const [call] = simulator.state().calls;
    assert(call?.answeredAt !== undefined && call.endedAt !== undefined);
    const talked = Date.parse(call.endedAt) - Date.parse(call.answeredAt);
    assert(talked < 800, `${talked} ms, though 800 from dialling`);
  }, { millisecondsPerSecond: 200, endsLongCalls: true }));

Deno.test("livekit-sip before 1.9 does not end a call that is too long", () =>
  withInbox(async ({ sip, simulator }) => {
    simulator.control.setOutcomes({ "*": { kind: "answered", hangUpAfterMs: 300 } });
    await sip.createSipParticipant(trunkId, callee, "call-1", {
      fromNumber: callerId,
      maxCallDuration: 1,
    });
    await until("the end", () => simulator.state().calls[0]?.endedAt);
    const [call] = simulator.state().calls;
    assert(call?.answeredAt !== undefined && call.endedAt !== undefined);
    assert(Date.parse(call.endedAt) - Date.parse(call.answeredAt) >= 299);
  }, { millisecondsPerSecond: 50 }));

Deno.test("a ringing call is answered when the callee picks up", () =>
  withInbox(async ({ sip, simulator }) => {
    simulator.control.setOutcomes({ "*": { kind: "no-answer" } });
    const options = { fromNumber: callerId };
    const { sipCallId } = await sip.createSipParticipant(trunkId, callee, "call-1", options);
    await until("the ringing", () => simulator.state().calls[0]?.status === "ringing");
    assertEquals(simulator.control.answer(sipCallId), true);
    assertEquals(simulator.state().calls[0]?.status, "active");
    assertEquals(simulator.control.answer(sipCallId), false);
  }));
