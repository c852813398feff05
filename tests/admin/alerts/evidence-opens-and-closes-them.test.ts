import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, register, rolledBack, type Runner, values } from "../../support/pool.ts";

const requests = (db: Runner, failed: number, ok: number, agoMinutes = 1) =>
  db.query(
    `insert into phone_pool.carrier_requests (operation, ok, http_status, milliseconds, requested_at)
     select 'search', k > $1::int, case when k > $1::int then 200 end, 1,
       phone_pool.clock() - $3::int * interval '1 minute' + k * interval '1 millisecond'
     from generate_series(1, $1::int + $2::int) k`,
    [failed, ok, agoMinutes],
  );

/** In this order. */
const calls = (db: Runner, counts: Record<string, number>, hoursAgo = 0) =>
  db.query(
    `insert into phone_pool.intake_calls (intake_id, organization_id, patient_id, callee,
       phone_number_id, caller_id, status, reason, request_hash, requested_by, room_name,
       created_at, expires_at, ended_at)
     select gen_random_uuid(), n.id, n.id, '+12125550123', n.id, '+12125550100', c.status, 'a test',
       '', 'secret_key', '', c.at, c.at, c.at
     from (
       select e.value ->> 0 as status, phone_pool.clock() - interval '1 minute' - interval '1 hour' * $2::int
         + e.ordinality * interval '1 second' + k * interval '1 millisecond' as at
       from jsonb_array_elements($1) with ordinality e,
         generate_series(1, (e.value ->> 1)::int) k
     ) c,
       (select id from public.phone_numbers limit 1) n`,
    [JSON.stringify(Object.entries(counts)), hoursAgo],
  );

interface Case {
  what: string;
  prepare: (db: Runner) => Promise<unknown>;
  opens: string[];
}

const CASES: Case[] = [
  { what: "nothing", prepare: () => Promise.resolve(), opens: [] },
  { what: "a failure or two at Telnyx", prepare: (db) => requests(db, 2, 0), opens: [] },
  {
    what: "three failures at Telnyx",
    prepare: (db) => requests(db, 3, 0),
    opens: ["carrier_down"],
  },
  { what: "a few failures among many", prepare: (db) => requests(db, 4, 9), opens: [] },
  { what: "failures of an hour ago", prepare: (db) => requests(db, 9, 0, 60), opens: [] },
  {
    what: "refusals, which are answers",
    prepare: async (db) => {
      await requests(db, 9, 0);
      await db.query("update phone_pool.carrier_requests set http_status = 422");
    },
    opens: [],
  },
  {
    what: "five calls failed",
    prepare: (db) => calls(db, { failed: 5 }),
    opens: ["calls_failing"],
  },
  {
    what: "five calls in a row failed, after many that did not",
    prepare: (db) => calls(db, { completed: 150, failed: 5 }),
    opens: ["calls_failing"],
  },
  {
    what: "four calls in a row failed, after many that did not",
    prepare: (db) => calls(db, { completed: 150, failed: 4 }),
    opens: [],
  },
  {
    what: "the last five failed, one an hour",
    prepare: async (db) => {
      for (let hour = 5; hour > 0; hour--) await calls(db, { failed: 1 }, hour);
    },
    opens: ["calls_failing"],
  },
  {
    what: "blocked by networks, which says nothing of the trunk",
    prepare: (db) => calls(db, { blocked: 5 }),
    opens: [],
  },
  {
    what: "half of the calls of an unknown end",
    prepare: (db) => calls(db, { unknown: 5, completed: 5 }),
    opens: ["calls_failing"],
  },
  { what: "fewer than half", prepare: (db) => calls(db, { failed: 5, completed: 6 }), opens: [] },
  {
    what: "patients that do not answer",
    prepare: (db) => calls(db, { no_answer: 20, busy: 20, refused: 50 }),
    opens: [],
  },
  {
    what: "81 of 100 dollars",
    prepare: (db) => db.query("update phone_pool.inventory set monthly_cost = 81, numbers = 81"),
    opens: ["budget_near"],
  },
  {
    what: "80 of 100 dollars",
    prepare: (db) => db.query("update phone_pool.inventory set monthly_cost = 80, numbers = 80"),
    opens: [],
  },
  {
    what: "two numbers left",
    prepare: (db) => register(db, 5),
    opens: ["pool_low"],
  },
  {
    what: "none left, one waiting for an hour",
    prepare: async (db) => {
      await register(db, 8);
      await db.query(
        "update phone_pool.number_requests set requested_at = requested_at - '1 h'::interval",
      );
    },
    opens: ["organization_waiting", "pool_empty"],
  },
];

Deno.test("what is seen is told, and nothing else", async (test) => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set monthly_budget_usd = 100");
  await addNumbers(db, 7);
  for (const { what, prepare, opens } of CASES) {
    await test.step(what, () =>
      rolledBack(db, async () => {
        await db.query("set local session_replication_role = origin");
        await prepare(db);
        await db.query("update phone_pool.alerts set closed_at = clock_timestamp()");
        await db.query("select phone_pool.watch_pool()");
        const open = await values<string>(
          db,
          "select kind as value from phone_pool.alerts where closed_at is null order by 1",
        );
        assertEquals(open, opens);
      }));
  }
});

Deno.test("without a request to Telnyx there is no evidence, and no change", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 7);
  await requests(db, 3, 0);
  const state = async () => {
    await db.query("select phone_pool.watch_pool()");
    return await values(db, "select state as value from admin_alerts where kind = 'carrier_down'");
  };
  assertEquals(await state(), ["open"]);
  await db.query("delete from phone_pool.carrier_requests");
  assertEquals(await state(), ["open"]);
  await requests(db, 0, 1, 0);
  assertEquals(await state(), ["quiet"]);
});
