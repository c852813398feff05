import { parseDestination } from "../../../functions/_shared/destination.ts";
import { assert, assertEquals, assertNotEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { register, value, values } from "../../support/pool.ts";

const CALLED = [
  "+12125550123",
  "+16245550123", // Younger than most lists.
  "+12025551234",
  "+15551234567", // Placeholders.
  "+15551111111",
  "+12125559999",
];

const REFUSED: Record<string, string[]> = {
  "premium": ["+19005550123", "+12129765550", "+19765550123"],
  "directory assistance": ["+12125551212", "+14155551212"],
  "toll-free, and what is set aside for it": [
    ..."800 822 833 844 855 866 877 880 881 882 883 884 885 886 887 888 889".split(" ")
      .map((code) => `+1${code}2345678`),
  ],
  "not of a place": [
    ..."500 521 522 523 524 525 526 527 528 529 532 533 535 538 542 544 550 566 577 588 589"
      .split(" ").map((code) => `+1${code}2345678`),
    "+14562345678",
    "+17002345678",
    "+17102345678",
  ],
  "Canada's services": ["+16002345678", "+16222345678", "+16332345678"],
  "emergency and service codes": [
    "911",
    "+911",
    "988",
    "24273",
    "+19115550123",
    "+12129115550",
    "+12124115550",
    "+12129505550",
    "+12129585550",
  ],
  "abroad": [
    "+442079460000",
    "+14165550123",
    "+18095550123",
    "+18765550123",
    "+17875550123",
    "+13405550123",
    "+5215512345678",
  ],
  "no number": ["", "+1212555012", "+121255501234", "+12121550123", "2125550123", "x"],
};

Deno.test("which numbers are called, and which are not", async (t) => {
  await using db = await createTestDatabase();
  const refusal = (number: string | null) =>
    value<string | null>(db, "select phone_pool.destination_refusal($1)", [number]);
  for (const number of CALLED) {
    await t.step(`${number} is`, async () => assertEquals(await refusal(number), null));
  }
  for (const [what, numbers] of Object.entries(REFUSED)) {
    await t.step(`${what}: not`, async () => {
      for (const number of numbers) assertNotEquals(await refusal(number), null, number);
    });
  }
  await t.step("null is no number", async () => assertNotEquals(await refusal(null), null));
});

Deno.test("a number of the pool is not called, whoever holds it", async () => {
  await using db = await createTestDatabase();
  for (const number of ["+12125550100", "+12125550101", "+12125550102"]) {
    await db.query("select import_phone_number($1, $2)", [number, number.slice(1)]);
  }
  const [own] = await register(db, 2);
  await db.query("select unassign_phone_number($1, 'left')", [own]);
  assertEquals(
    await values(
      db,
      `select status || ': ' || phone_pool.destination_refusal(phone_number) as value
       from phone_numbers order by 1`,
    ),
    ["assigned", "available", "suspended"].map((s) => `${s}: Numbers of the pool are not called`),
  );
});

Deno.test("every area code is in one of the two tables, or has no purpose yet", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await values(
      db,
      `select area_code as value from phone_pool.area_codes
      join phone_pool.refused_area_codes using (area_code)`,
    ),
    [],
  );
  // What is read into E.164 is a number that the rule can decide about.
  for (const number of CALLED) assertEquals(parseDestination(number), number);
  const all = Object.values(REFUSED).flat();
  const read = all.filter((number) => {
    try {
      return parseDestination(number) === number;
    } catch {
      return false;
    }
  });
  assert(
    read.length >= all.length - REFUSED["no number"]!.length - 1,
    `${read.length} of ${all.length}`,
  );
});
