import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { value, values } from "../../support/pool.ts";

const CASES: [name: string, listed: string | null][] = [
  ["Sunrise Clinic", "SUNRISE CLINIC"],
  ["St. Mary's Médecine", "ST MARYS"],
  ["Österreich & Söhne", "OSTERREICH AND"],
  ["Straße Ærø Łódź", "STRASSE AERO"],
  ["  Dr.  O’Neil -- Dental  ", "DR ONEIL DENTAL"],
  ["Otorhinolaryngology Associates", "OTORHINOLARYNGO"],
  ["24 Hour Clinic", null],
  ["東京診療所", null],
  ["", null],
  ["!!!", null],
];

Deno.test("capitals, digits and spaces, the words that fit into 15 characters, or no name", async (test) => {
  await using db = await createTestDatabase();
  for (const [name, listed] of CASES) {
    await test.step(name || "empty", async () => {
      assertEquals(
        await value(db, "phone_pool.cut_name(phone_pool.plain_name($1))", [name]),
        listed,
      );
    });
  }
});

Deno.test("a name that was cut or chosen is not listed where it may be taken for another clinic's", async () => {
  await using db = await createTestDatabase();
  await db.query(
    `insert into public.organizations (name, slug, settings) values
       ('Sunrise Clinic', 'a', null), ('Sunrise Clinic of Boston', 'b', null),
       ('Northern Medical Center East', 'c', null), ('Northern Medical Center West', 'd', null),
       ('Harbor', 'e', '{"caller_name": "Sunrise clinic"}'),
       ('Valley Practice of the West', 'f', '{"caller_name": "Valley West"}'),
       ('Twin', 'g', null), ('Twin', 'h', null)`,
  );
  assertEquals(
    await values(
      db,
      `select o.slug || ': ' || l.caller_name as value from phone_pool.listed_names() l
       join public.organizations o on o.id = l.organization_id order by o.slug`,
    ),
    ["a: SUNRISE CLINIC", "f: VALLEY WEST", "g: TWIN", "h: TWIN"],
  );
});
