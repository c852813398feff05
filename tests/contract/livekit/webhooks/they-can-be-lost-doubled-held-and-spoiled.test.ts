import type { WebhookFault } from "../../../../supabase/local/simulators/livekit/webhook-faults.ts";
import { assertEquals } from "../../../support/assert.ts";
import { withInbox } from "../support.ts";

const event = "room_started";
const rows: [fault: WebhookFault, arrived: string[], refused: string[]][] = [
  [{ event, kind: "drop" }, ["room_finished"], []],
  [{ event, kind: "duplicate" }, ["room_started", "room_started", "room_finished"], []],
  [{ event, kind: "delay", ms: 20 }, ["room_started", "room_finished"], []],
  [{ event, kind: "reorder" }, ["room_finished", "room_started"], []],
  [{ event, kind: "wrong-secret" }, ["room_finished"], ["signature verification failed"]],
  [{ event, kind: "tampered" }, ["room_finished"], ["sha256 checksum of body does not match"]],
  [{ event: "*", kind: "drop", times: 1 }, ["room_finished"], []],
];

for (const [fault, arrived, refused] of rows) {
  const name = fault.times ? `${fault.kind} once` : fault.kind;
  Deno.test(`webhooks can be lost, doubled, held and spoiled: ${name}`, () =>
    withInbox(async ({ rooms, simulator, inbox }) => {
      simulator.control.setWebhookFaults(fault);
      await rooms.createRoom({ name: "call-1" });
      await rooms.deleteRoom("call-1");
      await simulator.control.webhooksIdle();
      assertEquals(inbox.events.map(({ event }) => event), arrived);
      assertEquals(inbox.refused, refused);
      assertEquals(simulator.state().webhooks.map(({ fault }) => fault), [fault.kind, undefined]);
      const doubled = fault.kind === "duplicate";
      assertEquals(inbox.events[0]?.id === inbox.events[1]?.id, doubled);
    }));
}

Deno.test("a held webhook is sent when it is released", () =>
  withInbox(async ({ rooms, simulator, inbox }) => {
    simulator.control.setWebhookFaults({ event, kind: "reorder" });
    await rooms.createRoom({ name: "call-1" });
    await simulator.control.webhooksIdle();
    assertEquals(inbox.events, []);
    await simulator.control.releaseWebhooks();
    assertEquals(inbox.events.map((each) => each.event), [event]);
  }));
