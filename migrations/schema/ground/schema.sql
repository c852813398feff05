-- Where everything lives.
--
--   public      what applications see: organizations, phone_numbers, the functions of the pool's
--               API and the admin_* views
--   phone_pool  everything else; never exposed by the Data API
--
-- Whatever is created here is reachable by nobody until a later line grants it by name.

create extension if not exists btree_gist with schema extensions;

create extension if not exists pg_net with schema extensions;

create extension if not exists pg_cron;

create extension if not exists supabase_vault with schema vault;

create schema phone_pool;
comment on schema phone_pool is
  'phone-pool: tables and helpers behind the functions and admin views in public. Not exposed.';
grant usage on schema phone_pool to service_role;

create function phone_pool.clock()
returns timestamptz
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return clock_timestamp();
end
$$;
comment on function phone_pool.clock() is
  'The one source of time. Tests replace it to travel; nothing else may.';

create function phone_pool.is_in_progress(p_xid xid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A row header keeps 32 bits of the transaction id; the upper half is that of the recent past.
  v_next bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
  v_full bigint := (v_next & ~4294967295::bigint) | p_xid::text::bigint;
begin
  if v_full > v_next + 2147483648 then
    v_full := v_full - 4294967296;
  end if;
  return coalesce(
    p_xid <> '0'::xid and pg_xact_status(v_full::text::xid8) = 'in progress', false);
exception when invalid_parameter_value then
  -- No transaction has had this id yet: it is that of a multixact, of sessions that share a lock on
  -- the row, and they do not take the number.
  return false;
end
$$;
comment on function phone_pool.is_in_progress(xid) is
  'Whether the transaction that last locked or updated a row (its xmax) is still open.';

create function phone_pool.backoff(p_attempts int, p_jitter double precision)
returns interval
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select make_interval(secs =>
    least(2 * power(2, least(greatest(p_attempts, 1), 20) - 1), 600) * (0.75 + p_jitter / 2));
$$;
comment on function phone_pool.backoff(int, double precision) is
  'How long to wait after p_attempts failures: 2 s, 4 s, 8 s … 10 min, give or take a quarter by '
  'p_jitter (0 to 1).';
