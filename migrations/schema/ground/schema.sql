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
