import Telnyx from "telnyx";
import { assertEquals } from "../../../support/assert.ts";
import {
  createTelnyxSimulator,
  simulatedApiKey,
} from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { outcome } from "../support/simulator.ts";

Deno.test("without a port: a reset is a network error, a timeout ends when the client gives up", async () => {
  const simulator = createTelnyxSimulator();
  const telnyx = new Telnyx({
    apiKey: simulatedApiKey,
    maxRetries: 0,
    timeout: 100,
    fetch: (input, init) => simulator.handler(new Request(input, init)),
  });
  assertEquals(await outcome(telnyx.balance.retrieve()), "ok");
  simulator.control.addFault({ operation: "*", kind: "reset", times: 1 });
  assertEquals(await outcome(telnyx.balance.retrieve()), "no answer");
  simulator.control.addFault({ operation: "*", kind: "timeout", times: 1 });
  assertEquals(await outcome(telnyx.balance.retrieve()), "timed out");
  simulator.close();
});
