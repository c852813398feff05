import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { value, values } from "../../support/pool.ts";

Deno.test("every area code has a state, time zones that Postgres knows, and its neighbours", async () => {
  await using db = await createTestDatabase();
  assertEquals(await value(db, "select count(*)::int from phone_pool.area_codes"), 374);
  assertEquals(
    await value(db, "select count(distinct state)::int from phone_pool.area_codes"),
    51,
    "50 states and the District of Columbia",
  );
  assertEquals(
    await values(
      db,
      `select distinct z as value from phone_pool.area_codes, unnest(time_zones) z
       where z not in (select name from pg_timezone_names) or not phone_pool.is_us_time_zone(z)`,
    ),
    [],
  );
  assertEquals(
    await values(
      db,
      `select a.area_code as value from phone_pool.area_codes a
       where (select coalesce(array_agg(b.area_code order by b.area_code), '{}')
           from phone_pool.area_codes b
           where b.state = a.state and b.area_code <> a.area_code)
         <> (select coalesce(array_agg(n order by n), '{}') from unnest(a.neighbours) n)`,
    ),
    [],
    "neighbours are all others of the state",
  );
});

/** Overlays whose own data named too few zones, or the wrong one, with an area code beside them. */
const YOUNG: [overlay: string, of: string, zones: string[]][] = [
  ["689", "407", ["America/New_York"]],
  ["448", "850", ["America/Chicago", "America/New_York"]],
  ["364", "270", ["America/Chicago", "America/New_York"]],
  ["930", "812", ["America/Chicago", "America/New_York"]],
  ["729", "423", ["America/Chicago", "America/New_York"]],
  ["458", "541", ["America/Denver", "America/Los_Angeles"]],
  ["986", "208", ["America/Boise", "America/Denver", "America/Los_Angeles"]],
  ["624", "716", ["America/New_York"]],
  ["565", "912", ["America/New_York"]],
  ["436", "440", ["America/New_York"]],
];

Deno.test("an overlay has the time zones of what it overlays, and they are its nearest", async () => {
  await using db = await createTestDatabase();
  for (const [overlay, of, zones] of YOUNG) {
    assertEquals(
      await db.query(
        `select area_code, time_zones, $2 = any (overlays) as is_overlay, neighbours[1] = $2 as near
         from phone_pool.area_codes where area_code = $1`,
        [overlay, of],
      ),
      [{ area_code: overlay, time_zones: zones, is_overlay: true, near: overlay !== "689" }],
    );
  }
  const pairs = await db.query(
    `select a.area_code, b.area_code as twin, a.time_zones = b.time_zones as same,
       a.area_code = any (b.overlays) as mutual, a.state = b.state as together
     from phone_pool.area_codes a cross join unnest(a.overlays) o
     left join phone_pool.area_codes b on b.area_code = o`,
  );
  assert(pairs.length > 340, `${pairs.length} pairs`);
  assertEquals(pairs.filter(({ same, mutual, together }) => !same || !mutual || !together), []);
});

// Those that lie in two zones or more, by NANPA's own report; hours from UTC in winter.
const IN_SEVERAL_ZONES: Record<string, number[]> = {
  "208": [-8, -7],
  "219": [-6, -5],
  "270": [-6, -5],
  "308": [-7, -6],
  "364": [-6, -5],
  "423": [-6, -5],
  "448": [-6, -5],
  "458": [-8, -7],
  "541": [-8, -7],
  "574": [-6, -5],
  "605": [-7, -6],
  "606": [-6, -5],
  "620": [-7, -6],
  "701": [-7, -6],
  "729": [-6, -5],
  "775": [-8, -7],
  "785": [-7, -6],
  "812": [-6, -5],
  "850": [-6, -5],
  "906": [-6, -5],
  "915": [-7, -6],
  "931": [-6, -5],
};

Deno.test("an area code in several zones has each of them", async () => {
  await using db = await createTestDatabase();
  for (const [areaCode, offsets] of Object.entries(IN_SEVERAL_ZONES)) {
    assertEquals(
      await values(
        db,
        `select distinct extract(hour from timestamp '2026-01-15 12:00'
           - timestamptz '2026-01-15 12:00Z' at time zone z)::int * -1 as value
         from phone_pool.area_codes, unnest(time_zones) z where area_code = $1 order by 1`,
        [areaCode],
      ),
      offsets,
      areaCode,
    );
  }
});

Deno.test("a wish is an area code of the United States", async () => {
  await using db = await createTestDatabase();
  const cases: [string | null, boolean][] = [
    ...["212", "624", "565", "436", "621", "837"].map((code): [string, boolean] => [code, true]),
    ...["911", "555", "800", "888", "900", "416", "809", "787", "999", "41", "415 ", "", "2125"]
      .map((code): [string, boolean] => [code, false]),
    [null, false],
  ];
  for (const [code, is] of cases) {
    assertEquals(await value(db, "select phone_pool.is_area_code($1)", [code]), is, `${code}`);
  }
});
