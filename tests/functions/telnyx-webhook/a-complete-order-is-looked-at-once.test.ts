import { createHandler } from "../../../functions/telnyx-webhook/handler.ts";
import { createVerify } from "../../../functions/telnyx-webhook/verify.ts";
import type { FaultRequest } from "../../../supabase/local/simulators/telnyx/mod.ts";
import { assertEquals } from "../../support/assert.ts";
import { countNudges, setVault, values } from "../../support/pool.ts";
import { discrepancies, purchases, type Supply, withSupply } from "../../support/supply.ts";

/** Gives the simulator a webhook that ends in the handler; resolves with each answer. */
async function withWebhook(supply: Supply, body: () => Promise<void>) {
  const handler = createHandler({
    verify: createVerify(supply.simulator.publicKey),
    call: supply.call,
    createLog: () => () => {},
  });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  supply.simulator.control.changeSettings({ webhook_url: `http://127.0.0.1:${server.addr.port}/` });
  try {
    await body();
  } finally {
    await server.shutdown();
  }
}

const outcomes = ({ db }: Supply) =>
  values<string>(db, "select outcome as value from phone_pool.webhook_events order by id");

async function orderPending(supply: Supply): Promise<string> {
  await setVault(supply.db);
  supply.simulator.control.addFault({
    operation: "number_orders.create",
    kind: "order_pending",
    times: 1,
  });
  await supply.plan();
  await supply.run();
  // Asked about in a minute at the earliest, were it not for the webhook.
  await supply.db.query(
    "update phone_pool.purchases set next_attempt_at = phone_pool.clock() + interval '1 minute'",
  );
  await supply.db.query("delete from net.http_request_queue");
  supply.simulator.control.clearFaults();
  return supply.simulator.control.snapshot().orders[0]?.id ?? "";
}

async function settled(supply: Supply, orderId: string) {
  supply.simulator.control.setFaults([{ operation: "webhooks.send", kind: "webhook_lost" }]);
  supply.simulator.control.settleOrders();
  supply.simulator.control.clearFaults();
  return await supply.simulator.control.sendOrderComplete(orderId);
}

Deno.test("number_order.complete makes the purchase due and nudges", () =>
  withSupply({}, async (supply) => {
    const orderId = await orderPending(supply);
    assertEquals((await supply.run()).owned, 0);
    await withWebhook(supply, async () => {
      await settled(supply, orderId);
      assertEquals(await outcomes(supply), ["purchase made due"]);
      assertEquals(await countNudges(supply.db), 1);
      assertEquals((await supply.run()).owned, 1);
      // Once more, another event of the same order, after the fact.
      await supply.simulator.control.sendOrderComplete(orderId);
      assertEquals((await outcomes(supply))[1], "no purchase is waiting for it");
      assertEquals((await purchases(supply))[0]?.status, "owned");
      assertEquals(await discrepancies(supply), []);
    });
  }));

Deno.test("before the order is done, it only makes somebody look", () =>
  withSupply({}, async (supply) => {
    const orderId = await orderPending(supply);
    await withWebhook(supply, async () => {
      await supply.simulator.control.sendOrderComplete(orderId);
      assertEquals((await supply.run()).owned, 0);
      assertEquals((await purchases(supply))[0]?.status, "ordered");
    });
  }));

Deno.test("lost, doubled, late or wrongly signed: the number is bought once all the same", async (t) => {
  const operation = "webhooks.send";
  const faults: FaultRequest[] = [
    { operation, kind: "webhook_lost" },
    { operation, kind: "webhook_duplicated", copies: 3 },
    { operation, kind: "webhook_late", ms: 30 },
    { operation, kind: "webhook_wrongly_signed" },
  ];
  for (const fault of faults) {
    await t.step(fault.kind, () =>
      withSupply({ webhookAttempts: 1 }, async (supply) => {
        await orderPending(supply);
        await withWebhook(supply, async () => {
          supply.simulator.control.addFault(fault);
          supply.simulator.control.settleOrders();
          await supply.pass(61);
          assertEquals((await supply.run()).owned, 1);
          assertEquals(await discrepancies(supply), []);
        });
      }));
  }
});

Deno.test("a call is known from its record, not from the webhook", () =>
  withSupply({}, async (supply) => {
    await withWebhook(supply, async () => {
      const call = { from: "+12025550123", to: "+12025550100" };
      await supply.simulator.control.sendCallInitiated(call);
      await supply.simulator.control.sendCallInitiated({ ...call, direction: "outgoing" });
      assertEquals(await outcomes(supply), ["ignored", "ignored"]);
    });
  }));
