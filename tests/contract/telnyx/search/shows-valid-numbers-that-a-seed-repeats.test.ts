import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { assert, assertEquals, assertNotEquals } from "../../../support/assert.ts";
import { createInventory } from "../../../../supabase/local/simulators/telnyx/inventory.ts";
import { search, withSimulator } from "../support/simulator.ts";

async function searched(seed: number): Promise<string[]> {
  let found: string[] = [];
  await withSimulator({ seed }, async ({ telnyx }) => {
    found = await search(telnyx, "628", 50);
    assertEquals(await search(telnyx, "628", 50), found);
  });
  return found;
}

Deno.test("the same seed shows the same distinct numbers, another seed others", async () => {
  const first = await searched(7);
  assertEquals(await searched(7), first);
  assertEquals(new Set(first).size, 50);
  assertNotEquals(await searched(8), first);
});

Deno.test("every area code sells numbers that libphonenumber knows as its own", () => {
  const inventory = createInventory(1, {});
  for (const areaCode of inventory.areaCodes()) {
    const { value: phoneNumber } = inventory.inAreaCode(areaCode).next();
    assert(typeof phoneNumber === "string", areaCode);
    assert(phoneNumber.startsWith(`+1${areaCode}`));
    assert(parsePhoneNumberFromString(phoneNumber)?.isValid(), areaCode);
    assert(!/^\+1\d{3}555/.test(phoneNumber));
  }
});

Deno.test("the area codes are exactly those that libphonenumber knows for the United States", () => {
  const known = Array.from({ length: 800 }, (_, index) => String(200 + index)).filter(
    (areaCode) => {
      const parsed = parsePhoneNumberFromString(`+1${areaCode}2345678`);
      return parsed?.isValid() && parsed.country === "US" &&
        parsed.getType() === "FIXED_LINE_OR_MOBILE";
    },
  );
  assertEquals(createInventory(1, {}).areaCodes().toSorted(), known);
});
