import { assertEquals, assertObjectMatch } from "../../../support/assert.ts";
import { withReceiver } from "../support/receiver.ts";
import { order, searchOne, until, withSimulator } from "../support/simulator.ts";

Deno.test("number_order.complete arrives signed, with the order and its lines", async () => {
  await withReceiver(({ url, received }) =>
    withSimulator({ webhookUrl: url }, async ({ telnyx }) => {
      const { id } = await order(telnyx, [await searchOne(telnyx)], "purchase-7");
      await until(() => received.length === 1, "the webhook arrives");
      const [{ body, headers } = { body: "", headers: {} }] = received;
      assertObjectMatch({ ...await telnyx.webhooks.unwrap(body, { headers }) }, {
        data: {
          event_type: "number_order.complete",
          payload: {
            id,
            status: "success",
            phone_numbers: [{ status: "success" }],
            customer_reference: "purchase-7",
            messaging_profile_id: null,
          },
        },
        meta: { attempt: 1, delivered_to: url },
      });
    })
  );
});

Deno.test("the same signing key gives the same public key and call.initiated names the callee", async () => {
  // RFC 8032, section 7.1, test 1.
  const signingKey = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
  await withReceiver(({ url, received }) =>
    withSimulator({ webhookUrl: url, signingKey }, async ({ simulator, telnyx }) => {
      assertEquals(simulator.publicKey, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
      await simulator.control.sendCallInitiated({ from: "+14155550100", to: "+14155550101" });
      const [{ body, headers } = { body: "", headers: {} }] = received;
      assertObjectMatch({ ...await telnyx.webhooks.unwrap(body, { headers }) }, {
        data: {
          event_type: "call.initiated",
          payload: { from: "+14155550100", to: "+14155550101", direction: "incoming" },
        },
      });
    })
  );
});
