import { assertEquals, assertNotEquals } from "../../../support/assert.ts";
import { withReceiver } from "../support/receiver.ts";
import { order, searchOne, until, withSimulator } from "../support/simulator.ts";

const operation = "webhooks.send";
const idOf = (body: string) => JSON.parse(body).data.id;

Deno.test("a webhook can be lost", async () => {
  await withReceiver(({ url, received }) =>
    withSimulator({ webhookUrl: url }, async ({ simulator, telnyx }) => {
      simulator.control.addFault({ operation, kind: "webhook_lost", times: 1 });
      await order(telnyx, [await searchOne(telnyx)]);
      assertEquals(simulator.control.snapshot().webhooks.map(({ note }) => note), ["lost"]);
      assertEquals(received, []);
    })
  );
});

Deno.test("a webhook can come twice with one event id", async () => {
  await withReceiver(({ url, received }) =>
    withSimulator({ webhookUrl: url }, async ({ simulator, telnyx }) => {
      simulator.control.addFault({ operation, kind: "webhook_duplicated" });
      await order(telnyx, [await searchOne(telnyx)]);
      await until(() => received.length === 2, "both arrive");
      assertEquals(new Set(received.map(({ body }) => idOf(body))).size, 1);
    })
  );
});

Deno.test("a webhook can be overtaken by a later one", async () => {
  await withReceiver(({ url, received }) =>
    withSimulator({ webhookUrl: url }, async ({ simulator, telnyx }) => {
      simulator.control.addFault({ operation, kind: "webhook_late", ms: 200, times: 1 });
      const first = await order(telnyx, [await searchOne(telnyx)]);
      const second = await order(telnyx, [await searchOne(telnyx)]);
      await until(() => received.length === 2, "both arrive");
      assertEquals(received.map(({ body }) => JSON.parse(body).data.payload.id), [
        second.id,
        first.id,
      ]);
    })
  );
});

Deno.test("a webhook can be signed by a stranger", async () => {
  await withReceiver(({ url, received }) =>
    withSimulator({ webhookUrl: url }, async ({ simulator, telnyx }) => {
      simulator.control.addFault({ operation, kind: "webhook_wrongly_signed" });
      await order(telnyx, [await searchOne(telnyx)]);
      await until(() => received.length === 1, "it arrives");
      const [{ body, headers } = { body: "", headers: {} }] = received;
      const verdict = await telnyx.webhooks.unwrap(body, { headers }).then(
        () => "accepted",
        (error: Error) => error.message,
      );
      assertNotEquals(verdict, "accepted");
    })
  );
});

Deno.test("a webhook that is not answered with 200 comes again", async () => {
  await withReceiver(({ url, received, answers }) =>
    withSimulator({ webhookUrl: url, webhookRetryMs: 5 }, async ({ simulator, telnyx }) => {
      answers.push(500, 202);
      await order(telnyx, [await searchOne(telnyx)]);
      await until(() => received.length === 3, "all attempts arrive");
      assertEquals(received.map(({ body }) => JSON.parse(body).meta.attempt), [1, 2, 3]);
      await until(() => simulator.control.snapshot().webhooks.length === 3, "all are recorded");
    })
  );
});
