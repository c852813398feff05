import type { Runner } from "../../support/pool.ts";

/** The database's time stands still at `at` until it is set again. */
export async function stopClock(db: Runner, at: Date): Promise<void> {
  await db.query("create table public.test_clock (at timestamptz not null)");
  await db.query("insert into public.test_clock values ($1)", [at.toISOString()]);
  await db.query("grant select on public.test_clock to service_role");
  await db.query(`
    create or replace function phone_pool.clock() returns timestamptz
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$ begin return (select c.at from public.test_clock c); end $$`);
  await db.query("select phone_pool.beat('sweep')");
}

export const setClock = (db: Runner, at: Date) =>
  db.query("update public.test_clock set at = $1", [at.toISOString()]);
