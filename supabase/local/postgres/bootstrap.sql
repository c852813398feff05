-- What a Supabase project has before its first migration: roles, schemas and extensions.
-- Run by a superuser in each new database; safe to repeat, because roles belong to the whole server.
--
-- `postgres` is no superuser, as on the platform: a migration that needs more than the platform
-- grants fails here too. Everything that is not the project's own belongs to the superuser.
-- Since 2026 new projects grant nothing on new tables, sequences and functions of `public` to
-- anon, authenticated and service_role (Supabase changelog 45329), so no default privileges are set;
-- what older projects have is in old-default-privileges.sql, and the tests run with either.
-- Not here: authenticator's pg-safeupdate, a C library. safeupdate.ts stands in for it.

do $roles$
declare
  v_role text;
begin
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I nologin', v_role);
    end if;
  end loop;

  if not exists (select from pg_roles where rolname = 'supabase_admin') then
    create role supabase_admin login superuser createdb createrole replication bypassrls
      password 'postgres';
  end if;

  if not exists (select from pg_roles where rolname = 'postgres') then
    create role postgres login createdb createrole replication bypassrls password 'postgres';
  end if;

  if not exists (select from pg_roles where rolname = 'authenticator') then
    create role authenticator login noinherit password 'postgres';
  end if;
end
$roles$;

alter role service_role bypassrls;
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres;
do $admin$
begin
  -- supabase/postgres, 20250605172253_grant_with_admin_to_postgres_16_and_above.sql
  if current_setting('server_version_num')::int >= 160000 then
    grant anon, authenticated, service_role to postgres with admin option;
  end if;
end
$admin$;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
grant set on parameter session_replication_role to postgres;

alter role postgres set search_path to "$user", public, extensions;
alter role supabase_admin set search_path to "$user", public, extensions;
alter role authenticator set search_path to "$user", public, extensions;

-- Supabase docs, "Timeouts". PostgREST logs in as authenticator and applies the settings of the role
-- that it changes to in each transaction; service_role has none of its own.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set statement_timeout = '2min';
-- How safeupdate.ts learns which functions a request has called.
alter role authenticator set track_functions = 'all';

do $owner$
begin
  execute format('alter database %I owner to postgres', current_database());
end
$owner$;

grant usage on schema public to postgres, anon, authenticated, service_role;

create schema if not exists extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;

create schema if not exists auth;
grant usage on schema auth to postgres, anon, authenticated, service_role;

create table if not exists auth.users (
  id uuid primary key default gen_random_uuid(),
  aud text,
  role text,
  email text unique,
  raw_app_meta_data jsonb,
  raw_user_meta_data jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table auth.users enable row level security;
grant all on auth.users to postgres;

-- PostgREST writes the claims of a verified token into request.jwt.claims, one setting a transaction.
create or replace function auth.jwt() returns jsonb
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

create or replace function auth.uid() returns uuid
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

create or replace function auth.role() returns text
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )
$$;

create or replace function auth.email() returns text
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )
$$;

-- Where `postgres` creates an extension, supautils does it as supabase_admin: the role that asked
-- owns neither the extension nor its objects. PostgreSQL itself, for a trusted extension, gives only
-- the objects to the superuser, and has no ALTER EXTENSION … OWNER TO.
create or replace function extensions.own_extensions() returns event_trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pg_catalog.pg_extension e set extowner = 'supabase_admin'::regrole
  where e.extowner = 'postgres'::regrole;
  update pg_catalog.pg_shdepend d set refobjid = 'supabase_admin'::regrole
  where d.classid = 'pg_extension'::regclass and d.refobjid = 'postgres'::regrole
    and d.deptype = 'o' and d.dbid = (
      select b.oid from pg_catalog.pg_database b where b.datname = current_database());
end
$$;
revoke execute on function extensions.own_extensions() from public;

drop event trigger if exists own_extensions;
create event trigger own_extensions on ddl_command_end when tag in ('CREATE EXTENSION')
  execute function extensions.own_extensions();

-- Vault is there from the start on the platform; pg_net and pg_cron are enabled by a migration.
create schema if not exists vault;
create extension if not exists supabase_vault with schema vault;

-- The gateway hears of every change of the schema, so that new tables and functions are served.
create or replace function extensions.pgrst_ddl_watch() returns event_trigger
language plpgsql
as $$
begin
  notify pgrst, 'reload schema';
end
$$;

drop event trigger if exists pgrst_ddl_watch;
create event trigger pgrst_ddl_watch on ddl_command_end
  execute function extensions.pgrst_ddl_watch();

drop event trigger if exists pgrst_drop_watch;
create event trigger pgrst_drop_watch on sql_drop
  execute function extensions.pgrst_ddl_watch();
