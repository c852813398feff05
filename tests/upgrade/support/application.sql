-- A project as phone-pool may find it: an organizations table with columns, triggers, policies,
-- grants, rows and a history of migrations of its own.
create table public.organizations (
  id uuid not null default gen_random_uuid() primary key,
  name text not null,
  slug text not null unique,
  phone text null,
  settings jsonb null,
  subscription_status text null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  visits int not null default 0,
  -- Named as columns and variables of phone-pool are.
  organization_id uuid null,
  area_code text null,
  status text not null default 'draft',
  phone_number text null,
  assigned_at timestamptz null,
  requested_at timestamptz null,
  suspended_until timestamptz null,
  held tstzrange null,
  low_water int null,
  v_now timestamptz null,
  constraint organizations_name_is_not_empty check (name <> '')
);
comment on column public.organizations.status is 'Of the onboarding.';
create index organizations_by_status on public.organizations (status);

create table public.organization_audit (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  operation text not null,
  phone text null
);

create function public.touch_organization() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end
$$;
create function public.audit_organization() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.organization_audit (organization_id, operation, phone)
  values (new.id, tg_op, new.phone);
  return new;
end
$$;

insert into public.organizations
  (name, slug, phone, settings, subscription_status, created_at, status, area_code, phone_number)
select 'Clinic ' || n, 'clinic-' || n,
  case when n % 10 = 0 then '+1303555' || lpad((n % 10000)::text, 4, '0') end,
  case n % 4 when 0 then null when 1 then '{}' when 2 then '{"area_code": "212"}'
    else '{"area_code": 7, "theme": {"color": "blue"}}' end::jsonb,
  (array['active', 'trialing', 'canceled', null])[1 + n % 4],
  timestamptz '2024-01-01' + n * interval '10 minutes',
  'live', '999', 'none'
from generate_series(1, 50000) n;

-- After the rows, as in a project that grew them.
create trigger organizations_touch before update on public.organizations
  for each row execute function public.touch_organization();
create trigger organizations_audit after insert or update on public.organizations
  for each row execute function public.audit_organization();

alter table public.organizations enable row level security;
create policy organizations_read_own on public.organizations for select to authenticated
  using (id::text = (select auth.jwt()) -> 'app_metadata' ->> 'organization_id');
grant select on public.organizations to authenticated;
grant select (id, name) on public.organizations to anon;
analyze public.organizations;

create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (
  version text not null primary key, statements text[], name text
);
-- One before ours and one after: the application goes on having migrations.
insert into supabase_migrations.schema_migrations (version, statements, name) values
  ('20240101000000', array['create table public.organizations ()'], 'organizations'),
  ('20991231235959', array['select 1'], 'from_the_future');
