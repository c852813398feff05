import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  openAlerts,
  register,
  rolledBack,
  type Runner,
  travel,
  values,
} from "../../support/pool.ts";

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

/** One of the seven numbers costs so much a month, the others a dollar. */
const rent = (db: Runner, dollars: number) =>
  db.query(
    `update public.phone_numbers set monthly_cost = $1
     where phone_number = (select min(phone_number) from public.phone_numbers)`,
    [dollars],
  );

/** Time passes, and the sweep runs. */
async function wait(db: Runner, time: string): Promise<void> {
  await travel(db, time);
  await db.query("select phone_pool.beat('sweep')");
}

/** So many clinics register, and are gone after this time. */
async function leaveAfter(db: Runner, count: number, time: string): Promise<void> {
  await addNumbers(db, count);
  const ids = await register(db, count);
  await wait(db, time);
  await db.query("delete from public.organizations where id = any ($1)", [ids]);
}

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
    prepare: (db) => rent(db, 75),
    opens: ["budget_near"],
  },
  {
    what: "80 of 100 dollars",
    prepare: (db) => rent(db, 74),
    opens: [],
  },
  {
    what: "80 of 100 dollars, and one paid once",
    prepare: async (db) => {
      await rent(db, 74);
      await db.query(
        `insert into phone_pool.purchases (status, reason, phone_number, monthly_cost, upfront_cost,
           next_attempt_at, planned_at, chosen_at, owned_at)
         select 'owned', 'low_water', '+12125550999', 1, 1, at, at, at, at
         from phone_pool.clock() at`,
      );
    },
    opens: ["budget_near"],
  },
  {
    what: "81 of 100 dollars, one of a number given back this month",
    prepare: async (db) => {
      await rent(db, 75);
      await db.query("select retire_phone_number(max(phone_number), 'a test') from phone_numbers");
      await db.query("update phone_pool.carrier_releases set gone_at = phone_pool.clock()");
    },
    opens: ["budget_near"],
  },
  {
    what: "ten clinics leave within an hour",
    prepare: (db) => leaveAfter(db, 10, "1 hour"),
    opens: ["churn_high"],
  },
  { what: "nine", prepare: (db) => leaveAfter(db, 9, "1 hour"), opens: [] },
  {
    what: "ten, more than an hour ago",
    prepare: async (db) => {
      await leaveAfter(db, 10, "1 hour");
      await wait(db, "3 hours");
    },
    opens: [],
  },
  {
    what: "ten numbers replaced, whose clinics stay",
    prepare: async (db) => {
      await addNumbers(db, 20);
      for (const id of await register(db, 10)) {
        await db.query("select replace_phone_number($1, 'a test')", [id]);
      }
    },
    opens: [],
  },
  {
    what: "ten numbers at rest, of which Telnyx is heard",
    prepare: async (db) => {
      await leaveAfter(db, 10, "1 hour");
      await wait(db, "3 hours");
      await db.query(
        `update public.phone_numbers set carrier_status = 'active', updated_at = phone_pool.clock()
         where status = 'suspended'`,
      );
    },
    opens: [],
  },
  { what: "as many numbers left as low water is", prepare: (db) => register(db, 2), opens: [] },
  { what: "one fewer", prepare: (db) => register(db, 3), opens: ["pool_low"] },
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
        await openAlerts(db);
        await db.query("update phone_pool.alerts set closed_at = clock_timestamp()");
        await db.query("select phone_pool.watch_pool()");
        assertEquals(await openAlerts(db), opens);
      }));
  }
});

Deno.test("without a request to Telnyx there is no evidence, and no change", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 7);
  await requests(db, 3, 0);
  const state = async () => {
    await db.query("select phone_pool.watch_pool(), phone_pool.fold_alert_events()");
    return await values(db, "select state as value from admin_alerts where kind = 'carrier_down'");
  };
  assertEquals(await state(), ["open"]);
  await db.query("delete from phone_pool.carrier_requests");
  assertEquals(await state(), ["open"]);
  await requests(db, 0, 1, 0);
  assertEquals(await state(), ["quiet"]);
});

Deno.test("a pool with as many numbers as low water is healthy, with fewer low", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 6);
  await db.query("update phone_pool.heartbeats set last_at = null where job = 'sweep'");
  const before = "select status, stalled_jobs from admin_pool_health";
  assertEquals(await db.query(before), [{ status: "stalled", stalled_jobs: ["sweep"] }]);
  await db.query("select phone_pool.beat('sweep')");
  const seen: unknown[] = [];
  for (let left = 6; left >= 0; left -= 1) {
    const [health] = await db.query("select available::int, status from admin_pool_health");
    seen.push(`${health?.available} ${health?.status}`);
    await register(db, 1);
  }
  assertEquals(seen, ["6 healthy", "5 healthy", "4 low", "3 low", "2 low", "1 low", "0 empty"]);
});
