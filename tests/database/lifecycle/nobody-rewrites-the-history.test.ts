import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { leave } from "../../support/lifecycle.ts";
import { addNumbers, on, registerOne, value } from "../../support/pool.ts";

const FINAL = "PP011";
const OVERLAP = "23P01";

/** Tenure 1 is closed and rests, tenure 2 is held; number 3 is free. */
async function history(db: TestDatabase): Promise<void> {
  await addNumbers(db, 3);
  const first = await registerOne(db);
  await registerOne(db);
  await leave(db, first);
}

const INSERT = "insert into phone_pool.tenures" +
  " (phone_number_id, organization_id, requested_at, held, quarantine_until, release_reason)" +
  " select phone_number_id, gen_random_uuid(), now(),";

// Each by postgres, who has even said to be a function and switched ordinary triggers off.
const ATTEMPTS: [string, string, string][] = [
  ["delete", "delete from phone_pool.tenures", FINAL],
  ["truncate", "truncate phone_pool.tenures cascade", FINAL],
  [
    "another organization",
    "update phone_pool.tenures set organization_id = gen_random_uuid()",
    FINAL,
  ],
  [
    "an earlier beginning",
    "update phone_pool.tenures set held = tstzrange(lower(held) - interval '1 day', upper(held))",
    FINAL,
  ],
  [
    "a later end",
    "update phone_pool.tenures set held = tstzrange(lower(held), now() + interval '1 day') where id = 1",
    FINAL,
  ],
  [
    "open again",
    "update phone_pool.tenures set held = tstzrange(lower(held), null), quarantine_until = null, release_reason = null where id = 1",
    FINAL,
  ],
  ["another reason", "update phone_pool.tenures set release_reason = 'x' where id = 1", FINAL],
  [
    "a shorter quarantine",
    "update phone_pool.tenures set quarantine_until = quarantine_until - interval '1 second' where id = 1",
    FINAL,
  ],
  ["resumed by nobody", "update phone_pool.tenures set resumed_at = now() where id = 1", FINAL],
  [
    "an override that nobody wrote",
    "update phone_pool.tenures set override_id = 7 where id = 1",
    FINAL,
  ],
  [
    "closed long ago",
    "update phone_pool.tenures set held = tstzrange(lower(held), lower(held) + interval '1 second'), quarantine_until = now() + interval '99 days', release_reason = 'x' where id = 2 and phone_pool.shift_clock()",
    FINAL,
  ],
  [
    "a quarantine of 29 days",
    "update phone_pool.tenures set held = tstzrange(lower(held), now()), quarantine_until = now() + interval '29 days', release_reason = 'x' where id = 2",
    "23514",
  ],
  [
    "a second holder",
    `${INSERT} tstzrange(now(), null), null, null from phone_pool.tenures where id = 2`,
    OVERLAP,
  ],
  [
    "a holder in quarantine",
    `${INSERT} tstzrange(now(), null), null, null from phone_pool.tenures where id = 1`,
    OVERLAP,
  ],
  [
    "a holder of the past",
    `${INSERT} tstzrange(lower(held) + interval '1 microsecond', now()), now() + interval '30 days', 'x' from phone_pool.tenures where id = 2`,
    OVERLAP,
  ],
  [
    "out of quarantine",
    "update public.phone_numbers set status = 'available', suspended_until = null where status = 'suspended'",
    "PP031",
  ],
  [
    "out of quarantine to Telnyx",
    "update public.phone_numbers set status = 'released', released_at = now(), suspended_until = null where status = 'suspended'",
    "PP031",
  ],
  [
    "a held number to Telnyx",
    "insert into phone_pool.carrier_releases (phone_number_id, monthly_cost, next_attempt_at, requested_at) select id, 1, now(), now() from public.phone_numbers where status = 'assigned'",
    "PP010",
  ],
  [
    "a resting number to Telnyx",
    "insert into phone_pool.carrier_releases (phone_number_id, monthly_cost, next_attempt_at, requested_at) select id, 1, now(), now() from public.phone_numbers where status = 'suspended'",
    "PP010",
  ],
  ["a number deleted", "delete from public.phone_numbers", "PP010"],
];

Deno.test("nobody rewrites the history, whatever postgres claims to be", async (t) => {
  await using db = await createTestDatabase();
  await history(db);
  const client = await db.connect();
  const postgres = on(client);
  for (const [name, statement, expected] of ATTEMPTS) {
    await t.step(name, async () => {
      await client.query("begin");
      // Moves the clock, where an attempt needs a tenure that is older than a moment.
      await client.query(
        `create function phone_pool.shift_clock() returns boolean language plpgsql as $$
        begin
          create or replace function phone_pool.clock() returns timestamptz language sql volatile
            as 'select clock_timestamp() + interval ''9 days''';
          return true;
        end $$`,
      );
      await client.query("set local phone_pool.writer = 'function'");
      await client.query("set local session_replication_role = 'replica'");
      const run = client.query(statement).then(() => client.query("set constraints all immediate"));
      assertEquals(await outcomeOf(run), expected);
      await client.query("rollback");
    });
  }
  await t.step("half of a legal step", async () => {
    const close = "update phone_pool.tenures set held = tstzrange(lower(held), now())," +
      " quarantine_until = now() + interval '99 days', release_reason = 'x' where id = 2";
    assertEquals(await outcomeOf(postgres.query(close)), FINAL);
    const suspend =
      "update public.phone_numbers set status = 'suspended', organization_id = null," +
      " suspended_until = now(), suspended_reason = 'x' where status = 'assigned'";
    assertEquals(await outcomeOf(postgres.query(suspend)), "PP010");
  });
  await t.step("nothing has changed", async () => {
    assertEquals(await value(db, "select count(*)::int from phone_pool.tenures"), 2);
  });
});
