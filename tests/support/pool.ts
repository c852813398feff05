import pg from "pg";
import { assert } from "./assert.ts";
import type { TestDatabase } from "./database.ts";

/** What the helpers here need: a test database, or one session of it by `on(client)`. */
export type Runner = Pick<TestDatabase, "query">;

/** One session, with the same query() as a test database: rows, not results. */
export function on(client: pg.Client): Runner {
  return {
    async query<Row extends pg.QueryResultRow>(sql: string, parameters?: unknown[]) {
      return (await client.query<Row>(sql, parameters)).rows;
    },
  };
}

/** The one value of the one row. */
export async function value<T>(db: Runner, sql: string, parameters?: unknown[]): Promise<T> {
  const rows = await db.query<{ value: T }>(`select (${sql}) as value`, parameters);
  const [row] = rows;
  assert(row && rows.length === 1, `one row expected: ${sql}`);
  return row.value;
}

/** The first column, which the statement calls `value`, of all rows. */
export async function values<T>(db: Runner, sql: string, parameters?: unknown[]): Promise<T[]> {
  return (await db.query<{ value: T }>(sql, parameters)).map((row) => row.value);
}

/** `count` free numbers, oldest first. */
export function addNumbers(db: Runner, count: number, { areaCode = "212" } = {}) {
  return values<string>(
    db,
    `insert into public.phone_numbers
       (phone_number, telnyx_phone_number_id, area_code, monthly_cost, purchased_at)
     select '+1' || $2 || '555' || lpad((o.offset_k + k)::text, 4, '0'),
       '29357' || (o.offset_k + k), $2, 1, phone_pool.clock() + k * interval '1 microsecond'
     from (select count(*) as offset_k from public.phone_numbers) o, generate_series(1, $1::int) k
     returning phone_number as value`,
    [count, areaCode],
  );
}

export interface Organization {
  areaCode?: string;
  phone?: string;
  status?: string | null;
}

/** `count` organizations by one statement; their ids, in the order of the insert. */
export function register(db: Runner, count = 1, organization: Organization = {}) {
  const { areaCode, phone, status = "active" } = organization;
  return values<string>(
    db,
    `insert into public.organizations (name, slug, settings, phone, subscription_status)
     select 'Clinic ' || k, 'clinic-' || gen_random_uuid(), $2, $3, $4
     from generate_series(1, $1::int) k returning id as value`,
    [count, areaCode ? { area_code: areaCode } : null, phone, status],
  );
}

export async function registerOne(db: Runner, organization: Organization = {}): Promise<string> {
  const [id] = await register(db, 1, organization);
  assert(id);
  return id;
}

/** organizations.phone of each, in this order. */
export function phonesOf(db: Runner, organizationIds: string[]) {
  return values<string | null>(
    db,
    `select o.phone as value from unnest($1::uuid[]) with ordinality as w (id, place)
     join public.organizations o using (id) order by w.place`,
    [organizationIds],
  );
}

/** Who waits, in the order of service. */
export const waiting = (db: Runner) =>
  values<string>(
    db,
    "select organization_id as value from phone_pool.number_requests order by id",
  );

export const freeNumbers = (db: Runner) =>
  values<string>(
    db,
    `select phone_number as value from public.phone_numbers
     where status = 'available' order by purchased_at, id`,
  );

export const countInFlight = (db: Runner) =>
  value<number>(
    db,
    `select count(*)::int from phone_pool.purchases
     where status in ('planned', 'ordering', 'ordered')`,
  );

export const countNudges = (db: Runner) =>
  value<number>(db, "select count(*)::int from net.http_request_queue");

export async function openAlerts(db: Runner): Promise<string[]> {
  // What the next sweep would write down.
  await db.query("select phone_pool.fold_alert_events()");
  return await values<string>(
    db,
    `select kind as value from phone_pool.alerts
     where closed_at is null and quiet_since is null order by kind, subject`,
  );
}

/** Those of them about assigning and buying; not what a sweep says of the pool's state. */
export const buyingAlerts = async (db: Runner) =>
  (await openAlerts(db)).filter((kind) =>
    /^(assignment_failed|budget_reached|max_numbers_reached|none_in_stock|nudge_failed|price_too_high|purchase_failing)$/
      .test(
        kind,
      )
  );

const TRIGGER = "organizations_assign_phone_numbers";

/** An organization from before phone-pool: its trigger was not there when it was inserted. */
export async function existing(db: Runner, organization: Organization = {}): Promise<string> {
  await db.query(`alter table public.organizations disable trigger ${TRIGGER}`);
  const id = await registerOne(db, organization);
  await db.query(`alter table public.organizations enable trigger ${TRIGGER}`);
  return id;
}

/** What replenish-pool does first: serves the queue and plans; how many numbers were planned. */
export const planNow = (db: Runner) => value<number>(db, "select phone_pool_worker.run_planner()");

/** pg_net has the answers to all nudges, and the next sweep reads them. */
export async function answerNudges(db: Runner, status: number): Promise<void> {
  await db.query(
    `with sent as (delete from net.http_request_queue returning id)
     insert into net._http_response (id, status_code) select id, $1 from sent`,
    [status],
  );
}

export const sweep = (db: Runner) => value<Record<string, number>>(db, "select phone_pool.sweep()");

/** Puts the clock this far (an interval such as '61 seconds') from the real time. */
export async function travel(db: Runner, by: string): Promise<void> {
  assert(/^-?[0-9]+ [a-z]+$/.test(by));
  await db.query(`
    create or replace function phone_pool.clock() returns timestamptz
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$ begin return clock_timestamp() + interval '${by}'; end $$`);
}

/** The clock stands at this moment, and goes on from there. */
export async function setClock(db: Runner, at: string): Promise<void> {
  assert(!Number.isNaN(Date.parse(at)));
  const now = await value<string>(db, "select clock_timestamp()::text");
  await db.query(`
    create or replace function phone_pool.clock() returns timestamptz
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$ begin return timestamptz '${at}' + (clock_timestamp() - timestamptz '${now}'); end $$`);
}

/** The clock stands still, this far from the moment at which it was stopped first. */
export async function stopClock(db: Runner, after = "0 seconds"): Promise<void> {
  assert(/^[0-9]+ [a-z]+$/.test(after));
  await db.query(
    `create table if not exists public.stopped_clock as select clock_timestamp() as at`,
  );
  const at = await value<string>(db, "select at::text from public.stopped_clock");
  await db.query(`
    create or replace function phone_pool.clock() returns timestamptz
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$ begin return timestamptz '${at}' + interval '${after}'; end $$`);
}

export async function setVault(
  db: Runner,
  secrets: { url?: string; secret?: string } = {},
): Promise<void> {
  const { url = "http://127.0.0.1:9/functions/v1", secret = "shared" } = secrets;
  await db.query("delete from vault.secrets");
  await db.query("select vault.create_secret($1, 'phone_pool_functions_url')", [url]);
  await db.query("select vault.create_secret($1, 'phone_pool_secret')", [secret]);
}

/**
 * What must hold at any time, whatever happened: every assigned number has one open tenure, its
 * organization's phone agrees, and nobody has two. Returns what is wrong.
 */
export const contradictions = (db: Runner) =>
  values<string>(
    db,
    `select n.phone_number || ' is ' || n.status as value
     from public.phone_numbers n
     left join phone_pool.tenures t on t.phone_number_id = n.id and upper_inf(t.held)
     left join public.organizations o on o.id = n.organization_id
     where (n.status = 'assigned') <> (t.id is not null)
       or n.organization_id is distinct from t.organization_id
       or (n.status = 'assigned' and o.phone is distinct from n.phone_number)
     union all
     select o.phone || ' is held twice' from public.organizations o
     where o.phone is not null group by o.phone having count(*) > 1`,
  );

/** Runs `work` in a transaction that is rolled back, so that the next case finds all as it was. */
export async function rolledBack<T>(db: Runner, work: () => Promise<T>): Promise<T> {
  await db.query("begin");
  try {
    return await work();
  } finally {
    await db.query("rollback");
  }
}
