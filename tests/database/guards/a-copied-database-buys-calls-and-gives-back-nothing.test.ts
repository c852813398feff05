import type pg from "pg";
import { projectOf } from "../../../functions/_shared/database.ts";
import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addNumbers, on, registerOne, setVault, travel, value } from "../../support/pool.ts";
import { plan } from "../../support/purchases.ts";

const [HOME, ELSEWHERE] = ["abcdefghijklmnopqrst", "bcdefghijklmnopqrstu"];

/** What an Edge Function of `project` asks over the Data API; null: headers that name none. */
async function functionOf(db: TestDatabase, project: string | null): Promise<pg.Client> {
  const client = await db.connect("service_role");
  const headers = project === null ? {} : { "x-phone-pool-project": project };
  await client.query("select set_config('request.headers', $1, false)", [JSON.stringify(headers)]);
  return client;
}

let [calls, hops] = [0, 0];

/** Everything that is done outside, as its worker begins it: what of it may be done. */
async function allowed(client: pg.Client, clinic: string, name: string) {
  const runner = on(client);
  return {
    purchases: await value<number>(
      runner,
      "select count(*)::int from phone_pool_worker.claim_purchases(5)",
    ),
    due: await value<boolean>(
      runner,
      "select phone_pool_worker.seconds_until_purchase_due() is not null",
    ),
    releases: await value<number>(
      runner,
      "select count(*)::int from phone_pool_worker.claim_number_releases(5)",
    ),
    comparison: await value<boolean>(
      runner,
      "select phone_pool_worker.begin_reconciliation('c') is not null",
    ),
    calls_to_check: await value<number>(
      runner,
      "select count(*)::int from phone_pool_worker.claim_calls_to_check(5)",
    ),
    call: await value<string>(
      runner,
      `select coalesce(reason, status) from phone_pool_worker.open_intake_call(
         $1, gen_random_uuid(), $3, $2, 'hash', p_time_zone => 'America/New_York')`,
      [clinic, name, `+121255${70_000 + ++calls}`],
    ),
  };
}

const EVERYTHING = {
  purchases: 2,
  due: false,
  releases: 1,
  comparison: true,
  calls_to_check: 1,
  call: "queued",
};

const NOTHING = {
  purchases: 0,
  due: false,
  releases: 0,
  comparison: false,
  calls_to_check: 0,
  call: "copied_database",
};

/** A clinic that may call, one call to look after, and work of every kind. */
async function busyProject(db: TestDatabase): Promise<string> {
  await setVault(db);
  await db.query("update phone_pool.settings set calling_hours_enforced = false");
  await addNumbers(db, 7);
  await db.query("create sequence callee");
  return await registerOne(db);
}

async function moreWork(db: TestDatabase, clinic: string) {
  for (let index = 0; index < 2; index++) await plan(db);
  await db.query(
    `select retire_phone_number(phone_number, 'a test') from public.phone_numbers
     where status = 'available' limit 1`,
  );
  // A call whose end was not told: the sweep of intake-calls looks after it.
  await db.query(
    `select phone_pool_worker.start_intake_call(c.id) from phone_pool_worker.open_intake_call(
       $1, gen_random_uuid(), '+1212556' || to_char(nextval('callee'), 'FM0000'),
       gen_random_uuid()::text, 'hash') c`,
    [clinic],
  );
  await travel(db, `${11 * ++hops} minutes`);
}

Deno.test("functions of another project get no work, and the first project goes on", async () => {
  await using db = await createTestDatabase();
  const clinic = await busyProject(db);
  await moreWork(db, clinic);
  const home = await functionOf(db, HOME);
  const before = await allowed(home, clinic, "intake-1");
  assertEquals(before, EVERYTHING);
  assertEquals(await value(db, "select project_ref from phone_pool.settings"), HOME);

  await moreWork(db, clinic);
  for (const project of [ELSEWHERE, "127.0.0.1", null]) {
    const copy = await functionOf(db, project);
    assertEquals(await allowed(copy, clinic, `copy-${project}`), NOTHING, `asked by ${project}`);
  }
  assertEquals(await value(db, "select project_ref from phone_pool.settings"), HOME);
  const phone = await registerOne(db);
  assertEquals(
    await value(db, "select phone is not null from organizations where id = $1", [phone]),
    true,
    "registering goes on",
  );
  await db.query("select phone_pool.fold_alert_events()");
  assertMatch(
    await value<string>(
      db,
      "select message from admin_alerts where kind = 'copied_database' and state = 'open'",
    ),
    /belongs to project abcdefghijklmnopqrst, and functions of an unnamed project ask/,
  );

  await db.query("update phone_pool.settings set project_ref = $1", [ELSEWHERE]);
  await db.query("update phone_pool.reconciliations set finished_at = phone_pool.clock()");
  assertEquals(await allowed(await functionOf(db, ELSEWHERE), clinic, "intake-2"), {
    ...EVERYTHING,
    // The claims of before have run out.
    purchases: 4,
    releases: 2,
    calls_to_check: 2,
  });
  await db.query("select phone_pool.fold_alert_events()");
  assertEquals(
    await value(db, "select state from admin_alerts where kind = 'copied_database'"),
    "quiet",
  );
});

Deno.test("a host without a ref is never written down as the project", async () => {
  await using db = await createTestDatabase();
  const clinic = await busyProject(db);
  const local = await functionOf(db, "127.0.0.1");
  assertEquals((await allowed(local, clinic, "intake-1")).call, "queued");
  assertEquals(await value(db, "select project_ref from phone_pool.settings"), null);
});

Deno.test("the ref is read out of the URL that Supabase injects", () => {
  assertEquals(projectOf(`https://${HOME}.supabase.co`), HOME);
  assertEquals(projectOf("http://127.0.0.1:54321"), "127.0.0.1");
  assertEquals(projectOf("http://kong:8000"), "kong");
});
