-- Organizations that wait for a number, in the order in which they asked. The row goes when the
-- organization is served; the tenure then remembers since when it had waited.

-- As in phone_numbers: writers of organizations queue behind the foreign key.
set local lock_timeout = '150ms';

create table phone_pool.number_requests (
  id bigint generated always as identity constraint number_requests_pkey primary key,
  organization_id uuid not null
    constraint number_requests_once_per_organization unique
    constraint number_requests_organization_exists references public.organizations (id)
      on delete cascade,
  area_code text null
    constraint number_requests_area_code_is_nanp check (area_code ~ '^[2-9][0-9]{2}$'),
  wanted_area_code text null,
  requested_at timestamptz not null
);
comment on table phone_pool.number_requests is 'Organizations that wait for a number, in order.';
comment on column phone_pool.number_requests.id is 'The order of service.';
comment on column phone_pool.number_requests.area_code is
  'Only a number of this area code will do; null: any number.';
comment on column phone_pool.number_requests.wanted_area_code is
  'What the organization asked for at first.';
create index number_requests_for_any_number on phone_pool.number_requests (id)
  where area_code is null;
create index number_requests_by_area_code on phone_pool.number_requests (area_code, id)
  where area_code is not null;

alter table phone_pool.number_requests enable row level security;
grant select on phone_pool.number_requests to service_role;
