import { assertEquals } from "../../../support/assert.ts";
import { buy, outcome, withSimulator } from "../support/simulator.ts";

Deno.test("PATCH replaces tags, keeps what it does not name and refuses foreign settings", async () => {
  await withSimulator({}, async ({ telnyx }) => {
    const { id } = await buy(telnyx, "415", "a");
    await telnyx.phoneNumbers.update(id, { tags: ["one", "two"] });
    const { data } = await telnyx.phoneNumbers.update(id, { tags: ["three"], external_pin: "1" });
    assertEquals(data?.tags, ["three"]);
    assertEquals(data?.customer_reference, "a");
    const patch = (body: object) => outcome(telnyx.phoneNumbers.update(id, body));
    assertEquals(await patch({ messaging_profile_id: "m" }), "422 10027");
    assertEquals(await patch({ deletion_lock_enabled: true }), "422 10027");
    assertEquals(await patch({ connection_id: "1" }), "422 10017");
    assertEquals(await outcome(telnyx.phoneNumbers.update("1", { tags: [] })), "404 10005");
  });
});
