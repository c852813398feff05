import type Telnyx from "telnyx";
import { assert, assertEquals } from "../../../support/assert.ts";
import { withSimulator } from "../support/simulator.ts";

type Filter = Telnyx.AvailablePhoneNumberListParams["filter"];
type Found = Telnyx.AvailablePhoneNumberListResponse.Data;

const state = (number: Found) =>
  number.region_information?.find((region) => region.region_type === "state")?.region_name;
const features = (number: Found) => number.features?.map((feature) => feature.name) ?? [];

const cases: { name: string; filter: Filter; holds: (number: Found) => boolean }[] = [
  {
    name: "area code",
    filter: { national_destination_code: "415" },
    holds: (number) => number.phone_number?.startsWith("+1415") === true,
  },
  {
    name: "state",
    filter: { administrative_area: "NY" },
    holds: (number) => state(number) === "NY",
  },
  {
    name: "features",
    filter: { features: ["voice", "emergency"] },
    holds: (number) => features(number).includes("emergency"),
  },
  {
    name: "ending",
    filter: { national_destination_code: "212", phone_number: { ends_with: "7" } },
    holds: (number) => number.phone_number?.endsWith("7") === true,
  },
  {
    name: "beginning without the area code",
    filter: { national_destination_code: "212", phone_number: { starts_with: "3" } },
    holds: (number) => number.phone_number?.startsWith("+12123") === true,
  },
  {
    name: "reservable local numbers",
    filter: { reservable: true, exclude_held_numbers: true, phone_number_type: "local" },
    holds: (number) => number.reservable === true,
  },
];

Deno.test("a search finds only what the filters ask for, as many as the limit", async (t) => {
  await withSimulator({}, async ({ telnyx }) => {
    for (const { name, filter, holds } of cases) {
      await t.step(name, async () => {
        const { data = [], metadata } = await telnyx.availablePhoneNumbers.list({
          filter: { country_code: "US", limit: 20, ...filter },
        });
        assertEquals(data.length, 20);
        assertEquals(metadata?.total_results, 20);
        assert(data.every(holds));
        assert(data.every((number) => number.best_effort === false));
      });
    }
  });
});
