import { assert, assertEquals } from "../../../support/assert.ts";
import { withSimulator } from "../support/simulator.ts";

Deno.test("best_effort fills up with flagged numbers of other area codes in the state", async () => {
  await withSimulator({ inventory: { area_codes: { "415": 2 } } }, async ({ telnyx }) => {
    const filter = { country_code: "US", national_destination_code: "415", limit: 5 };
    const exact = await telnyx.availablePhoneNumbers.list({ filter });
    assertEquals(exact.data?.length, 2);
    const { data = [], metadata } = await telnyx.availablePhoneNumbers.list({
      filter: { ...filter, best_effort: true },
    });
    assertEquals(metadata, { total_results: 5, best_effort_results: 3 });
    for (const number of data) {
      assertEquals(number.best_effort, !number.phone_number?.startsWith("+1415"));
    }
    assert(data.some((number) => number.best_effort));
  });
});
