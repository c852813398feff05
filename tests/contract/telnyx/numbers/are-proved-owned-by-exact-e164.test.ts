import { assertEquals } from "../../../support/assert.ts";
import { buy, withSimulator } from "../support/simulator.ts";

Deno.test("ownership is proved by the exact E.164 number and by nothing shorter", async () => {
  await withSimulator({}, async ({ telnyx }) => {
    const { phoneNumber, id } = await buy(telnyx);
    const asked = [phoneNumber, phoneNumber.slice(1), phoneNumber.slice(0, 8), "+12125550100"];
    const { data } = await telnyx.phoneNumbers.actions.verifyOwnership({ phone_numbers: asked });
    assertEquals(data?.found, [{ id, number_val_e164: phoneNumber }]);
    assertEquals(data?.not_found, asked.slice(1));
  });
});
