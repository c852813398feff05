import { assertEquals } from "../../../support/assert.ts";
import { withInbox } from "../support.ts";

const cases = [
  { statuses: [500, 503, 429], attempts: 4, arrived: true },
  { statuses: [500, 500, 500, 500, 500], attempts: 5, arrived: false },
  { statuses: [401], attempts: 1, arrived: false },
  { statuses: [501], attempts: 1, arrived: false },
];

for (const { statuses, attempts, arrived } of cases) {
  Deno.test(`a failed delivery is sent again: after ${statuses.join(", ")}`, () =>
    withInbox(async ({ rooms, simulator, inbox }) => {
      inbox.statuses.push(...statuses);
      await rooms.createRoom({ name: "call-1" });
      await simulator.control.webhooksIdle();
      assertEquals(inbox.events.length, arrived ? 1 : 0);
      const [record] = simulator.state().webhooks;
      assertEquals([record?.event, record?.attempts], ["room_started", attempts]);
      assertEquals(record?.status, arrived ? 200 : statuses.at(-1));
    }));
}
