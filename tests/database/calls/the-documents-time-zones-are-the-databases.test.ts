import { US_TIME_ZONES } from "../../../functions/intake-calls/time-zones.ts";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { values } from "../../support/pool.ts";

Deno.test("the document lists the time zones that the database takes, and no other", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await values(
      db,
      `select z as value from (select name from pg_timezone_names union select unnest($1::text[])) n (z)
       where phone_pool.is_us_time_zone(z) is distinct from (z = any ($1::text[]))`,
      [US_TIME_ZONES],
    ),
    [],
  );
});
