import { DisconnectReason, RoomAgentDispatch } from "@livekit/protocol";
import { ServerError } from "livekit-server-sdk";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { agentName, callee, callerId, rejection, trunkId, until, withInbox } from "../support.ts";

Deno.test("a room for one admits one phone beside the agent", () =>
  withInbox(async ({ rooms, sip, simulator, inbox }) => {
    const dial = (participantIdentity: string) =>
      sip.createSipParticipant(trunkId, callee, "call-1", {
        fromNumber: callerId,
        participantIdentity,
      });
    const agents = [new RoomAgentDispatch({ agentName })];
    await rooms.createRoom({ name: "call-1", maxParticipants: 1, agents });
    await until("the agent is in", () => simulator.state().participants[0]);
    const first = await dial("callee-1");

    const error = await rejection(dial("callee-2"));
    assert(error instanceof ServerError);
    assertEquals([error.status, error.code], [500, "internal"]);
    assertStringIncludes(error.message, "update room failed: ");
    assertEquals(simulator.state().calls.length, 1);

    const second = await dial("callee-1");
    const calls = simulator.state().calls;
    assertEquals(calls.map(({ id }) => id), [first.sipCallId, second.sipCallId]);
    assertEquals(calls[0]?.disconnectReason, "DUPLICATE_IDENTITY");
    assert(calls[1]?.status !== "ended");
    const left = await until(
      "participant_left",
      () => inbox.events.find(({ event }) => event === "participant_left"),
    );
    assertEquals(left.participant?.disconnectReason, DisconnectReason.DUPLICATE_IDENTITY);
  }));
