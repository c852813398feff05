import { assertEquals, assertNotEquals } from "../../../support/assert.ts";
import { operations } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { callsByOperation } from "../support/faults.ts";
import { outcome, withSimulator } from "../support/simulator.ts";

Deno.test("a fault reaches the operation it names, once, and no other", async (t) => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    for (const operation of operations) {
      await t.step(operation, async () => {
        simulator.control.addFault({ operation, kind: "server_error", status: 503, times: 1 });
        for (const other of operations.filter((name) => name !== operation)) {
          assertNotEquals(await outcome(callsByOperation[other](telnyx)), "503 10007");
        }
        assertEquals(await outcome(callsByOperation[operation](telnyx)), "503 10007");
        assertNotEquals(await outcome(callsByOperation[operation](telnyx)), "503 10007");
      });
    }
    await t.step("every operation", async () => {
      simulator.control.addFault({ operation: "*", kind: "unauthorized" });
      for (const operation of operations) {
        assertEquals(await outcome(callsByOperation[operation](telnyx)), "401 10009");
      }
    });
  });
});
