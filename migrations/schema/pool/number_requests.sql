-- Organizations that wait for a number, in the order in which they asked. The row goes when the
-- organization is served; the tenure then remembers since when it had waited.
--
-- A registration writes its row and waits for nobody; the planner (see planner) and the sweep serve
-- the queue, in transactions of their own.

create table phone_pool.number_requests (
  id bigint generated always as identity constraint number_requests_pkey primary key,
  organization_id uuid not null
    constraint number_requests_once_per_organization unique,
  area_code text
    constraint number_requests_area_code_is_nanp check (area_code ~ '^[2-9][0-9]{2}$'),
  wanted_area_code text,
  requested_at timestamptz not null,
  replaces uuid
    constraint number_requests_replaced_number_exists references public.phone_numbers (id),
  replace_reason text,
  failures int not null default 0,
  not_before timestamptz,
  constraint number_requests_replace_for_a_reason check
    ((replaces is null) = (replace_reason is null)),
  constraint number_requests_failed_wait check ((failures = 0) = (not_before is null))
);
comment on table phone_pool.number_requests is 'Organizations that wait for a number, in order.';
comment on column phone_pool.number_requests.id is 'The order of service.';
comment on column phone_pool.number_requests.area_code is
  'Only a number of this area code will do; null: any number.';
comment on column phone_pool.number_requests.wanted_area_code is
  'What the organization asked for at first.';
comment on column phone_pool.number_requests.replaces is
  'The number that the organization has, and keeps until it gets the other; null: it has none.';
comment on column phone_pool.number_requests.failures is
  'How often giving it a number failed, because a row could not be written.';
comment on column phone_pool.number_requests.not_before is
  'When that is tried again; until then nobody behind it is kept waiting.';
create index number_requests_for_any_number on phone_pool.number_requests (id)
  where area_code is null and failures = 0;
create index number_requests_by_area_code on phone_pool.number_requests (area_code, id)
  where area_code is not null and failures = 0;
create index number_requests_by_replaced_number on phone_pool.number_requests (replaces)
  where replaces is not null;
alter table phone_pool.number_requests enable row level security;
grant select on phone_pool.number_requests to service_role;

create table phone_pool.organizations_without_number (
  organization_id uuid constraint organizations_without_number_pkey primary key,
  reason text not null
    constraint organizations_without_number_have_a_reason check (reason ~ '\S'),
  since timestamptz not null
);
comment on table phone_pool.organizations_without_number is
  'Organizations that are to have no number until request_phone_number() asks for one: it was '
  'taken from them on purpose.';
alter table phone_pool.organizations_without_number enable row level security;
grant select on phone_pool.organizations_without_number to service_role;

create function phone_pool.enqueue_organizations(p_organization_ids uuid[], p_area_codes text[])
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count int;
begin
  insert into phone_pool.number_requests
    (organization_id, area_code, wanted_area_code, requested_at)
  select o.id, o.area_code, o.area_code, phone_pool.clock()
  from unnest(p_organization_ids, p_area_codes) with ordinality as o (id, area_code, place)
  order by o.place
  on conflict (organization_id) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function phone_pool.enqueue_organizations(uuid[], text[]) is
  'Puts them at the end of the queue, in the order given, each with the area code that it wants '
  '(null: any number). One that waits already keeps its place. Returns how many were not waiting.';

create function phone_pool.wanted_area_code(p_settings jsonb)
returns text
language plpgsql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select a.area_code from phone_pool.area_codes a
    where a.area_code = substring(p_settings ->> 'area_code' from '^\s*([2-9][0-9]{2})\s*$'));
end
$$;
comment on function phone_pool.wanted_area_code(jsonb) is
  'The area code in an organization''s settings; null when there is none of the United States: '
  'nothing is bought for 911, 800, 555 or 416.';
