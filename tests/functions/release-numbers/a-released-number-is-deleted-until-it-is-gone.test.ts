import { assertEquals } from "../../support/assert.ts";
import {
  buyNumbers,
  outOfStep,
  releaseAlerts,
  retireOne,
  runRelease,
} from "../../support/account.ts";
import { value } from "../../support/pool.ts";
import { withSupply } from "../../support/supply.ts";
import type { FaultRequest } from "../../../supabase/local/simulators/telnyx/mod.ts";

const RENTED = "select numbers::int from phone_pool.spending(phone_pool.clock())";
const operation = "phone_numbers.delete";
const FAULTS: Record<string, FaultRequest | undefined> = {
  "no fault": undefined,
  "deletes that do not stick": { operation, kind: "delete_does_not_stick", times: 3 },
  "an answer that is lost": { operation, kind: "reset", when: "after", times: 1 },
  "a server error": { operation, kind: "server_error", status: 503, times: 1 },
  "too many requests": { operation, kind: "rate_limited", times: 1 },
  "an ownership look-up that fails": {
    operation: "phone_numbers.verify_ownership",
    kind: "server_error",
    times: 1,
  },
};

Deno.test("a released number is deleted at Telnyx until it is gone, and rented until then", async (t) => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    await t.step(name, () =>
      withSupply({}, async (supply) => {
        const { db, simulator } = supply;
        const rented = () => value(db, RENTED);
        await buyNumbers(supply, 2);
        const number = await retireOne(supply);
        assertEquals(await rented(), 2);
        if (fault) simulator.control.addFault(fault);
        for (let run = 0; run < 3; run++) {
          await runRelease(supply);
          await supply.pass(60);
        }
        const { deleted_numbers, grave_errors } = simulator.control.snapshot();
        assertEquals(deleted_numbers.map(({ phone_number }) => phone_number), [number]);
        assertEquals(grave_errors, []);
        assertEquals(await rented(), 1);
        assertEquals(await outOfStep(supply), []);
        assertEquals(await releaseAlerts(supply), []);
      }));
  }
});

Deno.test("nothing to give back: nothing is asked of Telnyx", () =>
  withSupply({}, async (supply) => {
    await runRelease(supply);
    assertEquals(supply.simulator.control.snapshot().requests, []);
  }));
