import { assertEquals } from "../../../support/assert.ts";
import { outcome, withSimulator } from "../support/simulator.ts";

Deno.test("a search without a country, with a bad limit or an unknown filter is refused", async () => {
  await withSimulator({}, async ({ telnyx }) => {
    const list = (filter: object) => outcome(telnyx.availablePhoneNumbers.list({ filter }));
    assertEquals(await list({ national_destination_code: "415" }), "400 10004");
    assertEquals(await list({ country_code: "US", limit: -1 }), "400 10015");
    assertEquals(await list({ country_code: "US", area_code: "415" }), "400 10015");
  });
});
