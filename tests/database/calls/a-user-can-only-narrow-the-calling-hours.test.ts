import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addNumbers, registerOne } from "../../support/pool.ts";

// 21:32 in New York, 16:32 in Honolulu.
const EVENING = "2026-11-20 21:32-05";
// 09:30 in New York, 04:30 in Honolulu.
const MORNING = "2026-11-20 09:30-05";

async function ask(
  db: TestDatabase,
  at: string,
  organization: string,
  timeZone: string | null,
  isUser: boolean,
  callee: string,
) {
  await db.query(`create or replace function phone_pool.clock() returns timestamptz
    language sql set search_path = pg_catalog, pg_temp as $$ select timestamptz '${at}' $$`);
  const claims = { sub: "u", app_metadata: { organization_id: organization } };
  const [row] = await db.query(
    `select c.reason, c.time_zone_source as source,
       array(select jsonb_object_keys(c.local_times)) as zones
     from phone_pool_worker.open_intake_call($1, gen_random_uuid(), $2, gen_random_uuid()::text, 'h',
       p_claims => $3, p_time_zone => $4) c`,
    [organization, callee, isUser ? claims : null, timeZone],
  );
  return row;
}

Deno.test("a user's time zone may close the hours, never open them; the backend's stands", async (t) => {
  await using db = await createTestDatabase();
  await addNumbers(db, 5);
  const clinic = await registerOne(db);
  const closed = "outside_calling_hours";
  type Case = [string, string, string | null, boolean, string | null, string, string[]];
  const cases: Case[] = [
    ["New York at night", EVENING, null, true, closed, "area_code", ["America/New_York"]],
    [
      "a user says Honolulu",
      EVENING,
      "Pacific/Honolulu",
      true,
      closed,
      "area_code_and_claim",
      ["America/New_York", "Pacific/Honolulu"],
    ],
    ["the backend does", EVENING, "Pacific/Honolulu", false, null, "request", ["Pacific/Honolulu"]],
    [
      "a user says Honolulu in the morning",
      MORNING,
      "Pacific/Honolulu",
      true,
      closed,
      "area_code_and_claim",
      ["America/New_York", "Pacific/Honolulu"],
    ],
    ["New York in the morning", MORNING, null, true, null, "area_code", ["America/New_York"]],
    [
      "a user says what the area code says",
      MORNING,
      "America/New_York",
      true,
      null,
      "area_code",
      ["America/New_York"],
    ],
  ];
  for (const [k, [what, at, zone, isUser, reason, source, zones]] of cases.entries()) {
    await t.step(what, async () => {
      const callee = `+1212555012${k}`;
      assertEquals(await ask(db, at, clinic, zone, isUser, callee), { reason, source, zones });
    });
  }
});
