import { assertEquals } from "../../../support/assert.ts";
import { buy, outcome, withSimulator } from "../support/simulator.ts";

Deno.test("a call to a number ends where its forwarding says, if that is on and always", async () => {
  await withSimulator({}, async ({ telnyx, simulator }) => {
    const { id, phoneNumber } = await buy(telnyx, "415", "a");
    const patch = (call_forwarding: object) =>
      outcome(telnyx.phoneNumbers.voice.update(id, { call_forwarding }));
    const end = () => simulator.control.ring(phoneNumber).ends;
    assertEquals(end(), "connection");
    await patch({ call_forwarding_enabled: true, forwards_to: "" });
    assertEquals(end(), "connection", "a blank target forwards nothing");
    await patch({ forwards_to: "+16175550188", forwarding_type: "on-failure" });
    assertEquals(end(), "connection", "404 is no failure");
    await patch({ forwarding_type: "always" });
    assertEquals(simulator.control.ring(phoneNumber), { ends: "forwarded", to: "+16175550188" });
    assertEquals(await patch({ forwards_to: "617 555 0188" }), "400 10016");
    await patch({ call_forwarding_enabled: false });
    assertEquals(end(), "connection");
    simulator.control.changeNumber(phoneNumber, { status: "ported-out" });
    assertEquals(end(), "not_in_service");
  });
});

Deno.test("a name is listed with its flag, in 15 letters, digits and spaces", async () => {
  await withSimulator({}, async ({ telnyx, simulator }) => {
    const { id, phoneNumber } = await buy(telnyx, "415", "a");
    const list = (cnam_listing_enabled: boolean, cnam_listing_details: string) =>
      outcome(telnyx.phoneNumbers.voice.update(id, {
        cnam_listing: { cnam_listing_enabled, cnam_listing_details },
      }));
    assertEquals(await list(true, ""), "400 10015");
    assertEquals(await list(true, "SUNRISE MEDICAL CENTER"), "400 10015");
    await list(true, "SUNRISE CLINIC");
    assertEquals(simulator.control.shownName(phoneNumber), "SUNRISE CLINIC");
    await list(false, "");
    assertEquals(simulator.control.shownName(phoneNumber), null);
  });
});

Deno.test("a read may be stale, and a change takes its time", async () => {
  await withSimulator({ voiceDelayMs: 60_000 }, async ({ telnyx, simulator }) => {
    const { id, phoneNumber } = await buy(telnyx, "415", "a");
    const call_forwarding = { call_forwarding_enabled: true, forwards_to: "+16175550188" };
    await telnyx.phoneNumbers.voice.update(id, { call_forwarding });
    assertEquals(simulator.control.ring(phoneNumber).ends, "connection");
    simulator.control.addFault({
      operation: "phone_numbers.voice.retrieve",
      kind: "stale",
      times: 1,
    });
    const target = async () =>
      (await telnyx.phoneNumbers.voice.retrieve(id)).data?.call_forwarding?.forwards_to;
    assertEquals([await target(), await target()], ["", "+16175550188"]);
    const listed = await telnyx.phoneNumbers.voice.list();
    assertEquals(listed.data?.map(({ phone_number }) => phone_number), [phoneNumber]);
  });
});
