import { DisconnectReason } from "@livekit/protocol";
import { assertEquals } from "../../../support/assert.ts";
import { withInbox } from "../support.ts";

Deno.test("any event can be sent on request", () =>
  withInbox(async ({ simulator, inbox }) => {
    const event = {
      event: "participant_left",
      room: { name: "call-1" },
      participant: { identity: "callee-1", disconnectReason: "USER_REJECTED" },
    };
    const id = await simulator.control.sendWebhook(event);
    assertEquals(inbox.events[0]?.id, id);
    assertEquals(inbox.events[0]?.participant?.disconnectReason, DisconnectReason.USER_REJECTED);
    assertEquals(await simulator.control.sendWebhook({ ...event, id: "EV_again" }), "EV_again");
    assertEquals(inbox.events[1]?.id, "EV_again");
  }));
