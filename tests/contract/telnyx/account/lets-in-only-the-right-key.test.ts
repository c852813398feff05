import { assertEquals } from "../../../support/assert.ts";
import { outcome, withSimulator } from "../support/simulator.ts";

Deno.test("every operation refuses a wrong key with 401 and code 10009", async () => {
  await withSimulator({}, async ({ client }) => {
    const stranger = client({ apiKey: "KEY_wrong" });
    const calls = [
      () => stranger.availablePhoneNumbers.list({ filter: { country_code: "US" } }),
      () => stranger.numberOrders.create({ phone_numbers: [] }),
      () => stranger.numberOrders.list(),
      () => stranger.numberOrders.retrieve("1"),
      () => stranger.subNumberOrders.cancel("1"),
      () => stranger.phoneNumbers.actions.verifyOwnership({ phone_numbers: [] }),
      () => stranger.phoneNumbers.list(),
      () => stranger.phoneNumbers.slimList(),
      () => stranger.phoneNumbers.retrieve("1"),
      () => stranger.phoneNumbers.update("1", {}),
      () => stranger.phoneNumbers.delete("1"),
      () => stranger.balance.retrieve(),
    ];
    for (const call of calls) assertEquals(await outcome(call()), "401 10009");
  });
});
