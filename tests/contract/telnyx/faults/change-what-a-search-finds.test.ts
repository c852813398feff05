import type { FaultRequest } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { order, outcome, search, withSimulator } from "../support/simulator.ts";

const operation = "available_phone_numbers.list";

Deno.test("a search can be empty, redacted or refused", async (t) => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    const once = (fault: FaultRequest) => simulator.control.addFault({ ...fault, times: 1 });
    await t.step("empty", async () => {
      once({ operation, kind: "empty_result" });
      assertEquals(await search(telnyx, "415"), []);
    });
    await t.step("none found", async () => {
      once({ operation, kind: "none_found" });
      assertEquals(await outcome(search(telnyx, "415")), "400 10031");
    });
    await t.step("redacted, and then not for sale", async () => {
      once({ operation, kind: "redacted_numbers" });
      const [redacted = ""] = await search(telnyx, "212");
      assertMatch(redacted, /^\+1212\d{3}xxxx$/);
      assertEquals(await outcome(order(telnyx, [redacted])), "400 10016");
    });
    await t.step("sold out until the inventory is set again", async () => {
      once({ operation, kind: "inventory_exhausted" });
      assertEquals(await outcome(search(telnyx, "415")), "400 10031");
      assertEquals(await outcome(search(telnyx, "415")), "400 10031");
      assert((await search(telnyx, "628")).length > 0);
      simulator.control.setInventory({ area_codes: { "415": 2 } });
      assertEquals((await search(telnyx, "415", 10)).length, 2);
    });
  });
});
