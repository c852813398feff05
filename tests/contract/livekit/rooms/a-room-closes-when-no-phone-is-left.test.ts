import { agentName, callee, callerId, trunkId, until, withInbox } from "../support.ts";
import { DisconnectReason } from "@livekit/protocol";
import { assertEquals } from "../../../support/assert.ts";

const cases = {
  "nobody came": async () => {},
  "only the agent came": async ({ agents, inbox }) => {
    await agents.createDispatch("call-1", agentName);
    await until("the agent is in", () => inbox.events.find((each) => each.participant));
  },
  "the callee hung up": async ({ sip, simulator }) => {
    simulator.control.setOutcomes({ "*": { kind: "answered", hangUpAfterMs: 0 } });
    await sip.createSipParticipant(trunkId, callee, "call-1", { fromNumber: callerId });
  },
} satisfies Record<string, Parameters<typeof withInbox>[0]>;

for (const [name, act] of Object.entries(cases)) {
  Deno.test(`a room closes when no phone is left: ${name}`, () =>
    withInbox(async (scene) => {
      const { rooms, inbox } = scene;
      await rooms.createRoom({ name: "call-1", emptyTimeout: 1, departureTimeout: 1 });
      await act(scene);
      const finished = await until(
        "room_finished",
        () => inbox.events.find(({ event }) => event === "room_finished"),
      );
      assertEquals(finished.room?.name, "call-1");
      assertEquals(await rooms.listRooms(), []);
      const agent = inbox.events.find(({ event, participant }) =>
        event === "participant_left" && participant?.identity.startsWith("agent-")
      );
      const expected = agent && DisconnectReason.ROOM_CLOSED;
      assertEquals(agent?.participant?.disconnectReason, expected);
    }, { millisecondsPerSecond: 500 }));
}
