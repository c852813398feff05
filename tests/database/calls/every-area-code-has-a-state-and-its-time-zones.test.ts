import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { value, values } from "../../support/pool.ts";

Deno.test("every area code has a state, time zones that Postgres knows, and its neighbours", async () => {
  await using db = await createTestDatabase();
  assert(await value<number>(db, "select count(*)::int from phone_pool.area_codes") > 300);
  assertEquals(
    await value(db, "select count(distinct state)::int from phone_pool.area_codes"),
    51,
    "50 states and the District of Columbia",
  );
  assertEquals(
    await values(
      db,
      `select distinct z as value from phone_pool.area_codes, unnest(time_zones) z
       where z not in (select name from pg_timezone_names)`,
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
  const zonesOf = (areaCode: string) =>
    value<string[]>(db, "select time_zones from phone_pool.area_codes where area_code = $1", [
      areaCode,
    ]);
  assertEquals(await zonesOf("212"), ["America/New_York"]);
  // Most of 423 is in the East, though its own row in the data names Chicago.
  assertEquals(await zonesOf("423"), ["America/Chicago", "America/New_York"]);
});
