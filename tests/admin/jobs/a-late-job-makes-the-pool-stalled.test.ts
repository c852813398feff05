import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, openAlerts, type Runner, sweep, value, values } from "../../support/pool.ts";
import { plan } from "../../support/purchases.ts";
import { setClock, stopClock } from "../support/clock.ts";

const START = new Date("2026-11-18T08:00:00Z");
const later = (minutes: number) => new Date(START.getTime() + minutes * 60_000);

const health = async (db: Runner) => {
  const [row] = await db.query("select status, stalled_jobs from admin_pool_health");
  return row;
};

interface Case {
  job: string;
  /** Gives the job something to do. */
  prepare: (db: Runner) => Promise<unknown>;
  lateAfterMinutes: number;
  /** Shows that it runs. */
  run: (db: Runner) => Promise<unknown>;
}

const call = `
  insert into phone_pool.intake_calls (intake_id, organization_id, patient_id, callee,
    phone_number_id, caller_id, status, request_hash, requested_by, room_name, created_at,
    expires_at, dialing_at, sip_call_id)
  select k::text, id, id, '+12125550123', id, '+12125550100', 'dialing', '', 'secret_key', '',
    phone_pool.clock(), phone_pool.clock(), phone_pool.clock(), 'SC_1'
  from generate_series(1, 3) k, (select id from public.phone_numbers limit 1) n`;

const CASES: Case[] = [
  {
    job: "sweep",
    prepare: () => Promise.resolve(),
    lateAfterMinutes: 3,
    run: (db) => db.query("select phone_pool.beat('sweep')"),
  },
  {
    job: "replenish-pool",
    prepare: (db) => plan(db),
    lateAfterMinutes: 5,
    run: (db) => db.query("select phone_pool_worker.claim_purchases()"),
  },
  {
    job: "release-numbers",
    prepare: async (db) => {
      const number = await value(db, "select min(phone_number) from public.phone_numbers");
      await db.query("select retire_phone_number($1, 'a test')", [number]);
    },
    lateAfterMinutes: 10,
    run: (db) => db.query("select phone_pool_worker.claim_number_releases()"),
  },
  {
    job: "reconcile-carrier",
    prepare: (db) => db.query("insert into organizations (name, slug) values ('Clinic', 'clinic')"),
    lateAfterMinutes: 26 * 60,
    run: (db) => db.query("select phone_pool.beat('reconcile-carrier')"),
  },
  {
    job: "call-records",
    prepare: async (db) => {
      await db.query(call.replace("(1, 3)", "(1, 1)"));
      await db.query("update phone_pool.intake_calls set joined_at = created_at where true");
    },
    lateAfterMinutes: 120,
    run: (db) => db.query("select phone_pool.beat('call-records')"),
  },
  {
    job: "livekit-webhook",
    prepare: (db) => db.query(call),
    lateAfterMinutes: 10,
    run: (db) =>
      db.query(
        "select phone_pool_worker.record_webhook_event('livekit', 'EV_1', 'room_started', '{}')",
      ),
  },
];

for (const { job, prepare, lateAfterMinutes, run } of CASES) {
  Deno.test(`${job}: in time, late, and at work again`, async () => {
    await using db = await createTestDatabase();
    await stopClock(db, START);
    await addNumbers(db, 7);
    await prepare(db);
    const beat = async (minutes: number) => {
      await setClock(db, later(minutes));
      if (job !== "sweep") await db.query("select phone_pool.beat('sweep')");
    };
    await beat(lateAfterMinutes);
    assertEquals(await health(db), { status: "healthy", stalled_jobs: [] });
    await beat(lateAfterMinutes + 1);
    assertEquals(await health(db), { status: "stalled", stalled_jobs: [job] });
    assertEquals(
      await values(db, "select job as value from admin_jobs where is_late"),
      [job],
    );
    await run(db);
    assertEquals(await health(db), { status: "healthy", stalled_jobs: [] });
  });
}

Deno.test("asked for its health, a database without pg_cron tells of it", async () => {
  await using db = await createTestDatabase();
  await stopClock(db, START);
  await addNumbers(db, 7);
  await setClock(db, later(4));
  assertEquals(await db.query("select * from phone_pool_worker.get_pool_health()"), [
    { status: "stalled", stalled_jobs: ["sweep"] },
  ]);
  assertEquals(await openAlerts(db), ["job_stalled"]);
  await sweep(db);
  await setClock(db, later(5));
  await sweep(db);
  assertEquals(await openAlerts(db), []);
});

Deno.test("a heartbeat is written now and then, and nobody waits to write it", async () => {
  await using db = await createTestDatabase();
  const event = (id: string) =>
    `select phone_pool_worker.record_webhook_event('telnyx', '${id}', 'x', '{}')`;
  const first = await db.connect();
  await first.query("begin");
  await first.query(event("1"));
  await db.query("set statement_timeout = '2s'");
  await db.query(event("2"));
  await first.query("commit");
  const version = () =>
    value(db, "select ctid::text from phone_pool.heartbeats where job = 'telnyx-webhook'");
  const before = await version();
  await db.query(event("3"));
  assertEquals(await version(), before);
});
