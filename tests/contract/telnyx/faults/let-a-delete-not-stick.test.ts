import { assertEquals } from "../../../support/assert.ts";
import { buy, outcome, withSimulator } from "../support/simulator.ts";

Deno.test("a delete can answer as if it were done, and not stick, a number of times", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    const { id } = await buy(telnyx);
    simulator.control.addFault({
      operation: "phone_numbers.delete",
      kind: "delete_does_not_stick",
      times: 2,
    });
    for (let attempt = 1; attempt <= 3; attempt++) {
      const { data } = await telnyx.phoneNumbers.delete(id);
      assertEquals(data?.status, "deleted");
    }
    assertEquals(await outcome(telnyx.phoneNumbers.delete(id)), "404 10005");
  });
});
