import type Telnyx from "telnyx";
import { assertEquals } from "../../../support/assert.ts";
import { outcome, withSimulator } from "../support/simulator.ts";

const cases: { name: string; filter: Telnyx.AvailablePhoneNumberListParams["filter"] }[] = [
  { name: "an area code that is sold out", filter: { national_destination_code: "415" } },
  { name: "no area code", filter: { national_destination_code: "555" } },
  { name: "a foreign country", filter: { country_code: "DE" } },
  { name: "an unknown state", filter: { administrative_area: "ZZ" } },
  { name: "a city that is no rate center", filter: { locality: "Springfield" } },
  { name: "toll-free numbers", filter: { phone_number_type: "toll_free" } },
  {
    name: "a wildcard",
    filter: { national_destination_code: "212", phone_number: { contains: "5*5" } },
  },
];

Deno.test("a search without a match is refused with 400 and code 10031", async (t) => {
  await withSimulator({ inventory: { area_codes: { "415": 0 } } }, async ({ telnyx }) => {
    for (const { name, filter } of cases) {
      await t.step(name, async () => {
        const call = telnyx.availablePhoneNumbers.list({
          filter: { country_code: "US", ...filter },
        });
        assertEquals(await outcome(call), "400 10031");
      });
    }
  });
});
