import { assertEquals, assertNotEquals } from "../../../support/assert.ts";
import { buy, outcome, searchOne, withSimulator } from "../support/simulator.ts";

Deno.test("DELETE answers with the deleted number, then 404, and the number is not sold again", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    const { id, phoneNumber } = await buy(telnyx);
    const { data } = await telnyx.phoneNumbers.delete(id);
    assertEquals([data?.id, data?.status], [id, "deleted"]);
    assertEquals(await outcome(telnyx.phoneNumbers.delete(id)), "404 10005");
    assertEquals(await outcome(telnyx.phoneNumbers.retrieve(id)), "404 10005");
    assertEquals((await telnyx.phoneNumbers.list()).data, []);
    assertNotEquals(await searchOne(telnyx), phoneNumber);
    const { numbers, deleted_numbers } = simulator.control.snapshot();
    assertEquals([numbers.length, deleted_numbers.length], [0, 1]);
  });
});

Deno.test("a deletion lock refuses DELETE", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    const { id, phoneNumber } = await buy(telnyx);
    simulator.control.setDeletionLock(phoneNumber, true);
    assertEquals(await outcome(telnyx.phoneNumbers.delete(id)), "400 10015");
    simulator.control.setDeletionLock(phoneNumber, false);
    assertEquals(await outcome(telnyx.phoneNumbers.delete(id)), "ok");
  });
});

Deno.test("DELETE with an empty id deletes nothing and is recorded as a grave error", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    await buy(telnyx);
    assertEquals(await outcome(telnyx.phoneNumbers.delete("")), "404 10005");
    const { grave_errors, numbers } = simulator.control.snapshot();
    assertEquals(grave_errors.map(({ what }) => what), ["DELETE /phone_numbers without an id"]);
    assertEquals(numbers.length, 1);
  });
});
