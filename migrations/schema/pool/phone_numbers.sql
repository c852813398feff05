-- Every number that is or was ours.
--
--   available ──▶ assigned ──▶ suspended (quarantine) ──▶ available (its line neutral: see lines)
--     │   ▲                        │  └──▶ assigned (the same organization came back)
--     │   └── suspended (held back: not active at Telnyx, or shown by an organization)
--     └────────▶ released ◀────────┘       released is final: given back to Telnyx
--
-- A number is born available; rows are never deleted. A step that contradicts the history of
-- tenures is refused to every role, postgres included: see tenures. The diagram with the
-- reason of every step: migrations/README.md, which a test holds against the triggers below.

create table public.phone_numbers (
  id uuid not null default gen_random_uuid() constraint phone_numbers_pkey primary key,
  phone_number text not null constraint phone_numbers_are_unique unique
    constraint phone_numbers_are_e164 check (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
  telnyx_phone_number_id text not null constraint phone_numbers_telnyx_ids_are_unique unique
    constraint phone_numbers_telnyx_ids_are_tokens
      check (telnyx_phone_number_id ~ '^[A-Za-z0-9-]{1,64}$'),
  -- Deferred: the organization's own AFTER DELETE trigger lets go of the number first.
  organization_id uuid,
  status text not null default 'available'
    constraint phone_numbers_status_is_known check
      (status in ('available', 'assigned', 'suspended', 'released')),
  area_code text not null
    constraint phone_numbers_area_code_is_nanp check (area_code ~ '^[2-9][0-9]{2}$'),
  country_code text not null default 'US'
    constraint phone_numbers_country_is_supported check (country_code = 'US'),
  monthly_cost numeric(12, 5) not null
    constraint phone_numbers_monthly_cost_is_not_negative check (monthly_cost >= 0),
  purchase_id uuid
    constraint phone_numbers_purchase_exists references phone_pool.purchases (id),
  -- Not now(): numbers loaded in one transaction would tie, and the pool is first in, first out.
  purchased_at timestamptz not null default clock_timestamp(),
  assigned_at timestamptz,
  suspended_until timestamptz,
  suspended_reason text,
  carrier_status text
    constraint phone_numbers_carrier_status_is_not_empty check (carrier_status <> ''),
  retired_at timestamptz,
  retire_reason text,
  released_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint phone_numbers_area_code_is_of_the_number check
    (area_code = substr(phone_number, 3, 3) and phone_number like '+1%'),
  constraint phone_numbers_assigned_to_an_organization check
    ((status = 'assigned') = (organization_id is not null)),
  constraint phone_numbers_assigned_since check (status <> 'assigned' or assigned_at is not null),
  constraint phone_numbers_suspended_until check
    ((status = 'suspended') = (suspended_until is not null)),
  constraint phone_numbers_suspended_for_a_reason check
    ((status = 'suspended') = (suspended_reason is not null)),
  constraint phone_numbers_available_are_active check
    (status <> 'available' or coalesce(carrier_status, 'active') = 'active'),
  constraint phone_numbers_released_since check ((status = 'released') = (released_at is not null)),
  constraint phone_numbers_retired_are_not_used check
    (retired_at is null or status in ('suspended', 'released')),
  constraint phone_numbers_retired_for_a_reason check
    ((retired_at is null) = (retire_reason is null))
);
comment on table public.phone_numbers is 'Every phone number that is or was ours, and who has it.';
comment on column public.phone_numbers.phone_number is 'E.164, such as +12125550100.';
comment on column public.phone_numbers.telnyx_phone_number_id is
  'Id of the number at Telnyx: digits beyond 2^53, therefore text. Not the id of an order line.';
comment on column public.phone_numbers.status is
  'available: in the pool. assigned. suspended: in quarantine, or held back. released: given back '
  'to Telnyx.';
comment on column public.phone_numbers.monthly_cost is 'Rent in US dollars a month.';
comment on column public.phone_numbers.suspended_until is
  'End of the quarantine; infinity: held back until what suspended_reason says is over.';
comment on column public.phone_numbers.carrier_status is
  'What reconcile-carrier last saw at Telnyx: active; gone, when it is not in the account any '
  'more; or Telnyx''s own word, such as port-out-pending. Null: not compared yet.';
comment on column public.phone_numbers.retired_at is 'Since when it is never to be used again.';

-- The pool, in the order in which it is handed out; and the same by area code.
create index phone_numbers_available on public.phone_numbers (purchased_at, id)
  where status = 'available';
create index phone_numbers_available_by_area_code
  on public.phone_numbers (area_code, purchased_at, id) where status = 'available';
create unique index phone_numbers_one_per_organization on public.phone_numbers (organization_id)
  where organization_id is not null;
create index phone_numbers_suspended on public.phone_numbers (suspended_until)
  where status = 'suspended';
create unique index phone_numbers_bought_once on public.phone_numbers (purchase_id)
  where purchase_id is not null;

-- A pool is small and busy: vacuum by rows that changed, not by a fraction of the table.
alter table public.phone_numbers set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 500
);
alter table public.phone_numbers enable row level security;

-- A project may still grant new tables to everybody by default.
revoke all on public.phone_numbers from public, anon, authenticated, service_role;
grant select on public.phone_numbers to service_role;
grant select (id, phone_number, organization_id, status, area_code, country_code, assigned_at)
  on public.phone_numbers to authenticated;

create function phone_pool.tg_phone_numbers__refuse_transition()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Not in WHEN: Postgres parses that anew for every statement, which costs a registration a fifth.
  if old.id <> new.id
    or old.phone_number <> new.phone_number
    or (old.retired_at is not null and new.retired_at is null)
    or (old.status <> new.status and old.status || ' ' || new.status not in (
      'available assigned', 'assigned suspended', 'suspended available', 'suspended assigned',
      'available suspended', 'available released', 'suspended released'))
    or (old.status = 'assigned' and new.status = 'assigned'
      and old.organization_id <> new.organization_id)
  then
    perform phone_pool.raise_error('transition_refused',
      format('…%s: %s to %s', right(old.phone_number, 4), old.status, new.status));
  end if;
  -- An available number has a neutral line: a registration need not ask.
  if old.status = 'suspended' and new.status in ('available', 'assigned')
    and not phone_pool.line_allows(new.id, new.organization_id) then
    perform phone_pool.raise_error('line_not_clear', '…' || right(old.phone_number, 4));
  end if;
  return new;
end
$$;
comment on function phone_pool.tg_phone_numbers__refuse_transition() is
  'Refuses what the state machine does not allow, and a number with another''s line.';

create trigger phone_numbers_refuse_transition before update on public.phone_numbers
  for each row execute function phone_pool.tg_phone_numbers__refuse_transition();

create function phone_pool.tg_phone_numbers__born_available()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status <> 'available' then
    perform phone_pool.raise_error('transition_refused',
      format('…%s: a number is born available, not %s', right(new.phone_number, 4), new.status));
  end if;
  if new.purchase_id is null and phone_pool.lines_are_on() then
    new.status := 'suspended';
    new.suspended_until := 'infinity';
    new.suspended_reason := 'its line at Telnyx is not seen to be clear';
  end if;
  return new;
end
$$;
comment on function phone_pool.tg_phone_numbers__born_available() is
  'Refuses a number that is born with a holder, resting or given back: it would have no history. '
  'One that was not bought here is held back until its line was seen, where lines are wanted.';

create trigger phone_numbers_born_available before insert on public.phone_numbers
  for each row execute function phone_pool.tg_phone_numbers__born_available();

-- A number that is gone was released, and its history stays.
create trigger phone_numbers_refuse_delete before delete on public.phone_numbers
  for each row execute function phone_pool.tg_any__refuse('transition_refused');

create trigger phone_numbers_refuse_truncate before truncate on public.phone_numbers
  for each statement execute function phone_pool.tg_any__refuse('transition_refused');

create function phone_pool.tg_phone_numbers__agree_with_tenure()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.organization_id is not distinct from old.organization_id then
    return null;
  elsif (
    select t.organization_id from phone_pool.tenures t
    where t.phone_number_id = new.id and upper_inf(t.held)
  ) is distinct from new.organization_id then
    perform phone_pool.raise_error('transition_refused', format(
      '…%s: a number changes hands with its tenure, by one statement', right(new.phone_number, 4)));
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_phone_numbers__agree_with_tenure() is
  'Refuses a number that changes hands without its history. Security definer: it must see all '
  'tenures.';

create trigger phone_numbers_agree_with_tenure after update on public.phone_numbers
  for each row execute function phone_pool.tg_phone_numbers__agree_with_tenure();

create function phone_pool.tg_phone_numbers__keep_quarantine()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from phone_pool.tenures t
    where t.phone_number_id = old.id and (upper_inf(t.held)
      or coalesce(t.resumed_at, t.quarantine_until)
        > case when new.status = 'suspended' then new.suspended_until else phone_pool.clock() end)
  ) then
    perform phone_pool.raise_error('quarantine_running', '…' || right(old.phone_number, 4));
  end if;
  return new;
end
$$;
comment on function phone_pool.tg_phone_numbers__keep_quarantine() is
  'A number leaves quarantine, or is given back to Telnyx, only when nobody holds it and its '
  'quarantine is over; and a quarantine does not become shorter than its tenure says. Security '
  'definer: it must see all tenures.';

create trigger phone_numbers_keep_quarantine before update on public.phone_numbers
  for each row when (
    (old.status = 'suspended' and new.status = 'available')
    or (old.status <> 'released' and new.status = 'released')
    or (new.status = 'suspended' and new.suspended_until < old.suspended_until)
  ) execute function phone_pool.tg_phone_numbers__keep_quarantine();

create function phone_pool.tg_phone_numbers__give_back()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  insert into phone_pool.carrier_releases
    (phone_number_id, monthly_cost, next_attempt_at, requested_at)
  values (new.id, new.monthly_cost, v_now, v_now);
  return null;
end
$$;
comment on function phone_pool.tg_phone_numbers__give_back() is
  'A released number is to be deleted at Telnyx. Security definer: only functions write the row.';

create trigger phone_numbers_give_back after update on public.phone_numbers
  for each row when (old.status <> 'released' and new.status = 'released')
  execute function phone_pool.tg_phone_numbers__give_back();

create function phone_pool.tg_phone_numbers__count_rent()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    insert into phone_pool.rent_changes (numbers, monthly_cost)
    select count(*), sum(n.monthly_cost) from new_numbers n having count(*) > 0;
  else
    insert into phone_pool.rent_changes (numbers, monthly_cost)
    values (0, new.monthly_cost - old.monthly_cost);
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_phone_numbers__count_rent() is
  'Notes numbers that come, and what they cost; those that go are noted when they are gone at '
  'Telnyx, see carrier_releases. Security definer: only triggers write it.';

create trigger phone_numbers_count_rent after insert on public.phone_numbers
  referencing new table as new_numbers
  for each statement execute function phone_pool.tg_phone_numbers__count_rent();

create trigger phone_numbers_count_price after update of monthly_cost on public.phone_numbers
  for each row when (old.monthly_cost <> new.monthly_cost and new.status <> 'released')
  execute function phone_pool.tg_phone_numbers__count_rent();

-- Also where session_replication_role is replica, which postgres may set on Supabase.
alter table public.phone_numbers enable always trigger phone_numbers_refuse_transition;
alter table public.phone_numbers enable always trigger phone_numbers_born_available;
alter table public.phone_numbers enable always trigger phone_numbers_refuse_delete;
alter table public.phone_numbers enable always trigger phone_numbers_refuse_truncate;
alter table public.phone_numbers enable always trigger phone_numbers_keep_quarantine;
alter table public.phone_numbers enable always trigger phone_numbers_agree_with_tenure;

-- The array is made once a query and looked up in the index; may_call(), which can only be asked
-- row by row, has the last word on the few rows that are left.
create policy phone_numbers_read_by_members on public.phone_numbers
  for select to authenticated
  using (
    organization_id is not null
    and organization_id = any (array(select phone_pool.my_organizations()))
    and phone_pool.may_call(organization_id)
  );
