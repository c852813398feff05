import { assert, assertEquals } from "../../../support/assert.ts";
import type { Snapshot } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { buy, outcome, type Scene, search, withSimulator } from "../support/simulator.ts";

async function ask({ simulator }: Scene, method: string, path: string, body?: unknown) {
  const response = await fetch(`${simulator.url}/_control${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

async function state(scene: Scene): Promise<Snapshot> {
  return (await ask(scene, "GET", "/state")).body;
}

Deno.test("faults, inventory and numbers are controlled over HTTP", async (t) => {
  await withSimulator({}, async (scene) => {
    const { telnyx } = scene;
    await t.step("faults", async () => {
      const fault = { operation: "balance.retrieve", kind: "server_error" };
      assertEquals((await ask(scene, "PUT", "/faults", { faults: [fault] })).body.ids.length, 1);
      assertEquals(await outcome(telnyx.balance.retrieve()), "500 10007");
      assertEquals((await ask(scene, "GET", "/faults")).body.faults[0].applied, 1);
      assertEquals((await ask(scene, "DELETE", "/faults")).status, 204);
      assertEquals(await outcome(telnyx.balance.retrieve()), "ok");
      const { id } = (await ask(scene, "POST", "/faults", fault)).body;
      assertEquals((await ask(scene, "DELETE", `/faults/${id}`)).status, 204);
      assertEquals(await outcome(telnyx.balance.retrieve()), "ok");
    });
    await t.step("inventory", async () => {
      await ask(scene, "PUT", "/inventory", { default: 0, area_codes: { "628": 3 } });
      assertEquals((await search(telnyx, "628", 10)).length, 3);
      assertEquals(await outcome(search(telnyx, "415")), "400 10031");
      await ask(scene, "PUT", "/inventory", { default: "endless" });
    });
    await t.step("numbers", async () => {
      const { phoneNumber, id } = await buy(telnyx);
      const path = `/numbers/${phoneNumber}`;
      await ask(scene, "PATCH", path, { deletion_lock_enabled: true });
      assertEquals(await outcome(telnyx.phoneNumbers.delete(id)), "400 10015");
      await ask(scene, "PATCH", path, { status: "port-out-pending", connection_id: null });
      const { data } = await telnyx.phoneNumbers.retrieve(id);
      assertEquals([data?.status, data?.connection_id ?? null], ["port-out-pending", null]);
      assertEquals((await ask(scene, "PATCH", path, { status: "lost" })).status, 422);
      await ask(scene, "DELETE", path);
      assertEquals(await outcome(telnyx.phoneNumbers.retrieve(id)), "404 10005");
      assertEquals((await ask(scene, "DELETE", path)).status, 409);
      const [byHand = ""] = await search(telnyx, "212");
      await ask(scene, "POST", "/numbers", { phone_number: byHand });
      assertEquals((await state(scene)).numbers.map((number) => number.order_id), [null]);
    });
    await t.step("what is wrong is said", async () => {
      const wrong = { operation: "balance.retrieve", kind: "order_failed" };
      assertEquals((await ask(scene, "POST", "/faults", wrong)).status, 422);
      assertEquals((await ask(scene, "POST", "/nothing")).status, 404);
      assertEquals(
        (await ask(scene, "POST", "/webhooks/number_order.complete", { order_id: "x" })).status,
        409,
      );
    });
    await t.step("a page says what it is, without whole numbers", async () => {
      const page = await (await fetch(scene.simulator.url)).text();
      assert(page.includes("Telnyx simulator"));
      assert(!/\+1\d{10}/.test(page));
    });
  });
});

Deno.test("settings, searches and orders are controlled over HTTP", async () => {
  await withSimulator({ orderDelayMs: 3_600_000 }, async (scene) => {
    const { telnyx } = scene;
    const [first = "", second = "", third = ""] = await search(telnyx, "415", 3);
    const order = (phone_number: string) =>
      outcome(telnyx.numberOrders.create({ phone_numbers: [{ phone_number }] }));
    assertEquals(await order(first), "ok");
    assertEquals((await ask(scene, "POST", "/orders/settle")).body, { settled: 1 });
    assertEquals((await state(scene)).numbers.length, 1);
    await ask(scene, "POST", "/taken", { phone_number: second });
    await ask(scene, "PATCH", "/settings", { taken_as: "bad_request" });
    assertEquals(await order(second), "400 10015");
    await ask(scene, "PATCH", "/settings", { taken_as: "conflict", balance: "2" });
    assertEquals(await order(third), "402 20100");
    await ask(scene, "POST", "/searches/forget");
    assertEquals(await order(third), "400 10015");
    const sent = await ask(scene, "POST", "/webhooks/call.initiated", {
      from: "+14155550100",
      to: first,
    });
    assertEquals(sent.status, 204);
    assertEquals((await state(scene)).webhooks.map(({ event_type }) => event_type), [
      "number_order.complete",
      "call.initiated",
    ]);
  });
});
