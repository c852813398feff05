import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, buyingAlerts, values } from "../../support/pool.ts";

const TEXT = "4".repeat(10_000);

/** What an application may have in organizations.settings, and the area code it asks for. */
const CASES: [settings: unknown, areaCode: string | null][] = [
  [{ area_code: "415" }, "415"],
  [{ area_code: 415 }, "415"],
  [{ area_code: "415", other: [1, { deep: true }] }, "415"],
  [null, null],
  [{}, null],
  [[], null],
  [["area_code", "415"], null],
  [[{ area_code: "415" }], null],
  ["415", null],
  [415, null],
  [true, null],
  [{ area_code: null }, null],
  [{ area_code: "" }, null],
  [{ area_code: ["415"] }, null],
  [{ area_code: { code: "415" } }, null],
  [{ settings: { area_code: "415" } }, null],
  [{ area_code: "41" }, null],
  [{ area_code: "4155" }, null],
  [{ area_code: " 415" }, "415"],
  [{ area_code: "415\n" }, "415"],
  [{ area_code: "4 15" }, null],
  // Of no place in the United States: services, Canada, the Caribbean, not assigned.
  ...["911", "411", "555", "800", "888", "900", "700", "416", "604", "876", "370", "999"].map(
    (code): [unknown, null] => [{ area_code: code }, null],
  ),
  [{ area_code: "115" }, null],
  [{ area_code: "+1415" }, null],
  [{ area_code: "٤١٥" }, null],
  [{ area_code: 415.5 }, null],
  [{ area_code: 4.15e2 }, "415"],
  [{ area_code: -415 }, null],
  [{ area_code: "415'; drop table public.organizations; --" }, null],
  [{ area_code: TEXT }, null],
  [{ note: TEXT, area_code: "415" }, "415"],
];

Deno.test("an area code is one of the United States; whatever else is in settings is no wish and no error", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, CASES.length + 10);
  await db.query(
    `insert into public.organizations (name, slug, settings)
     select place, place, case when settings = 'null' then null else settings end
     from jsonb_array_elements($1::jsonb) with ordinality as c (settings, place)`,
    [JSON.stringify(CASES.map(([settings]) => settings))],
  );
  const wishes = await values<string | null>(
    db,
    `select r.area_code as value from public.organizations o
     left join phone_pool.number_requests r on r.organization_id = o.id order by o.name::int`,
  );
  assertEquals(wishes, CASES.map(([, areaCode]) => areaCode));
  const served = await values<string | null>(
    db,
    "select phone as value from public.organizations where phone is not null order by name::int",
  );
  assertEquals(served, numbers.slice(0, CASES.filter(([, wish]) => wish === null).length));
  assertEquals((await buyingAlerts(db)).includes("assignment_failed"), false);
});
