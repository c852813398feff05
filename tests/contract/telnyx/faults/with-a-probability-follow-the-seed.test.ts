import { assert, assertEquals, assertNotEquals } from "../../../support/assert.ts";
import { outcome, withSimulator } from "../support/simulator.ts";

async function outcomes(seed: number): Promise<string[]> {
  const seen: string[] = [];
  await withSimulator({ seed }, async ({ simulator, telnyx }) => {
    simulator.control.addFault({ operation: "*", kind: "server_error", probability: 0.5 });
    for (let call = 0; call < 40; call++) seen.push(await outcome(telnyx.balance.retrieve()));
  });
  return seen;
}

Deno.test("a fault with a probability strikes the same requests for the same seed", async () => {
  const first = await outcomes(3);
  assert(first.includes("ok") && first.includes("500 10007"));
  assertEquals(await outcomes(3), first);
  assertNotEquals(await outcomes(4), first);
});
