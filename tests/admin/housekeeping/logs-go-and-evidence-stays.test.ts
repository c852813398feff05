import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, register, type Runner, sweep, value, values } from "../../support/pool.ts";

/** What writes a row of each log so many days ago, and after how many days it is gone. */
const LOGS: Record<string, { days: number; insert: string; count: string }> = {
  "cron.job_run_details": {
    days: 7,
    insert: `insert into cron.job_run_details (jobid, command, status, start_time, end_time)
      values (1, 'a test', 'succeeded', now() - $1::interval, now() - $1::interval)`,
    count: "select count(*)::int from cron.job_run_details",
  },
  "net._http_response": {
    days: 1,
    insert: "insert into net._http_response (id, created) values (1, now() - $1::interval)",
    count: "select count(*)::int from net._http_response",
  },
  "carrier_requests": {
    days: 90,
    insert: `insert into phone_pool.carrier_requests (operation, ok, milliseconds, requested_at)
      values ('search', true, 1, now() - $1::interval)`,
    count: "select count(*)::int from phone_pool.carrier_requests",
  },
  "webhook_events": {
    days: 90,
    insert: `insert into phone_pool.webhook_events
        (provider, event_id, event_type, payload, received_at, processed_at)
      values ('telnyx', gen_random_uuid(), 'x', '{}', now() - $1::interval, now())`,
    count: "select count(*)::int from phone_pool.webhook_events",
  },
  "webhook_rejections": {
    days: 90,
    insert: `insert into phone_pool.webhook_rejections (provider, hour, last_at)
      values ('telnyx', now() - $1::interval, now() - $1::interval)`,
    count: "select count(*)::int from phone_pool.webhook_rejections",
  },
};

const purge = (db: Runner, limit = 1000) =>
  value<number>(db, "select phone_pool.purge_logs($1)", [limit]);

Deno.test("each log is kept for so long", async (test) => {
  await using db = await createTestDatabase();
  const admin = await db.connect("supabase_admin");
  for (const [log, { days, insert, count }] of Object.entries(LOGS)) {
    await test.step(`${log}: ${days} days`, async () => {
      for (const age of [`${days * 24 - 1} hours`, `${days * 24 + 1} hours`, `${days * 3} days`]) {
        await admin.query(insert, [age]);
      }
      assertEquals(await purge(db), 2);
      assertEquals(await value(db, count), 1);
    });
  }
});

Deno.test("a run deletes so many and no more, the next one goes on", async () => {
  await using db = await createTestDatabase();
  for (let row = 0; row < 5; row++) {
    await db.query(LOGS.carrier_requests?.insert ?? "", ["100 days"]);
  }
  assertEquals([await purge(db, 2), await purge(db, 2), await purge(db, 2)], [2, 2, 1]);
});

Deno.test("an event that nobody has acted on is kept", async () => {
  await using db = await createTestDatabase();
  await db.query(`insert into phone_pool.webhook_events
    (provider, event_id, event_type, payload, received_at)
    values ('telnyx', 'E1', 'x', '{}', now() - interval '1 year')`);
  assertEquals(await purge(db), 0);
});

Deno.test("the sweep does it, and in ten years no evidence goes", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 3);
  const [organization] = await register(db, 4);
  await db.query("select unassign_phone_number($1, 'left')", [organization]);
  await db.query(LOGS.carrier_requests?.insert ?? "", ["1 day"]);
  await db.query(`
    create or replace function phone_pool.clock() returns timestamptz language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$ begin return clock_timestamp() + interval '10 years'; end $$`);
  const result = await sweep(db);
  assertEquals(result.purge_logs, 1);
  assertEquals(
    (await values(db, "select distinct phone_number as value from admin_number_history"))
      .length,
    numbers.length,
  );
});
