-- The application's own table. Created only where it is absent, never altered: a project that
-- already has organizations keeps its columns, policies and triggers.
--
-- What phone-pool reads: id, phone, settings->>'area_code', subscription_status, created_at.
-- What it writes: phone.

create table if not exists public.organizations (
  id uuid not null default gen_random_uuid() constraint organizations_pkey primary key,
  name text not null,
  slug text not null constraint organizations_slug_is_unique unique,
  phone text null,
  settings jsonb null,
  subscription_status text null,
  created_at timestamptz not null default now()
);

do $$
begin
  -- A table of the application's own keeps its comment, its policies and its grants.
  if obj_description('public.organizations'::regclass) is null then
    comment on table public.organizations is 'The clinics. Owned by the application.';
  end if;
  if not exists (select from pg_class where oid = 'public.organizations'::regclass and relrowsecurity)
     and not exists (select from public.organizations) then
    alter table public.organizations enable row level security;
    grant select, insert, update, delete on public.organizations to service_role;
  end if;
end
$$;
