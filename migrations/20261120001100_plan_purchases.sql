-- Decides how many numbers to buy. One planner at a time, by an advisory lock, so that racing
-- planners together cannot exceed max_numbers or the budget: both count what is owned *and* what
-- is on order.
--
-- Lock order: the planning lock, then rows of purchases. A registration only tries the lock: if
-- another planner has it, that one or the next sweep plans.

create table phone_pool.inventory (
  only_row boolean not null default true constraint inventory_pkey primary key
    constraint inventory_is_one_row check (only_row),
  numbers bigint not null default 0,
  monthly_cost numeric(14, 5) not null default 0
);
comment on table phone_pool.inventory is
  'How many numbers we rent and for how much a month: counted as they come and go, because '
  'counting them in a registration would cost more with every number.';
insert into phone_pool.inventory default values;
alter table phone_pool.inventory enable row level security;
grant select on phone_pool.inventory to service_role;

create function phone_pool.tg_phone_numbers__count_inventory()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    update phone_pool.inventory i
    set numbers = i.numbers + n.numbers, monthly_cost = i.monthly_cost + n.cost
    from (
      select count(*) as numbers, coalesce(sum(monthly_cost), 0) as cost
      from new_numbers where status <> 'released'
    ) n
    where i.only_row;
  else
    update phone_pool.inventory i
    set monthly_cost = i.monthly_cost + new.monthly_cost - old.monthly_cost
    where i.only_row;
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_phone_numbers__count_inventory() is
  'Counts numbers that come, and what they cost; those that go are counted when they are gone at '
  'Telnyx, see carrier_releases. Security definer: only functions write it.';
create trigger phone_numbers_count_bought after insert on public.phone_numbers
  referencing new table as new_numbers
  for each statement execute function phone_pool.tg_phone_numbers__count_inventory();
create trigger phone_numbers_count_price after update of monthly_cost on public.phone_numbers
  for each row when (old.monthly_cost <> new.monthly_cost and new.status <> 'released')
  execute function phone_pool.tg_phone_numbers__count_inventory();

create function phone_pool.try_lock_planning()
returns boolean
language sql
set search_path = pg_catalog, pg_temp
as $$
  -- A repeatable read transaction would count by a snapshot older than the lock, and so miss what
  -- the planner before has planned: it leaves planning to the next sweep.
  select current_setting('transaction_isolation') = 'read committed'
    and pg_try_advisory_xact_lock(hashtextextended('phone_pool.plan_purchases', 0));
$$;
comment on function phone_pool.try_lock_planning() is
  'Takes the planning lock until the end of the transaction; false when another planner has it.';

create function phone_pool.lock_planning()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform phone_pool.raise_error('invalid_request',
      'numbers are ordered in a transaction of isolation level read committed');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('phone_pool.plan_purchases', 0));
end
$$;
comment on function phone_pool.lock_planning() is
  'Waits for the planning lock and keeps it until the end of the transaction. Raises '
  'invalid_request in a transaction whose snapshot would be older than the lock.';

create function phone_pool.room_for_purchases(p_quantity int)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_by_count bigint;
  v_by_budget bigint;
begin
  select * into strict v_settings from phone_pool.settings;
  -- One statement, one snapshot: a purchase that becomes a number between two reads would be
  -- counted twice or not at all.
  select v_settings.max_numbers - i.numbers - o.purchases,
    case when v_settings.number_monthly_cost_usd = 0 then p_quantity else floor(
      (v_settings.monthly_budget_usd - i.monthly_cost - o.cost) / v_settings.number_monthly_cost_usd
    ) end
  into strict v_by_count, v_by_budget
  from phone_pool.inventory i, (
    select count(*) as purchases, coalesce(sum(p.monthly_cost), 0) as cost
    from phone_pool.purchases p where p.status in ('planned', 'ordering', 'ordered')
  ) o;
  if v_by_count < p_quantity then
    perform phone_pool.raise_alert('max_numbers_reached', format(
      '%s numbers wanted, room for %s: settings.max_numbers is %s', p_quantity,
      greatest(v_by_count, 0), v_settings.max_numbers));
  else
    perform phone_pool.close_alert('max_numbers_reached');
  end if;
  if v_by_budget < p_quantity then
    perform phone_pool.raise_alert('budget_reached', format(
      '%s numbers wanted, money for %s: settings.monthly_budget_usd is %s', p_quantity,
      greatest(v_by_budget, 0), v_settings.monthly_budget_usd));
  else
    perform phone_pool.close_alert('budget_reached');
  end if;
  return greatest(least(v_by_count, v_by_budget, p_quantity), 0);
end
$$;
comment on function phone_pool.room_for_purchases(int) is
  'How many of p_quantity numbers fit under max_numbers and the monthly budget; alerts when not '
  'all do. The caller holds the planning lock.';

create function phone_pool.plan_purchases(
  p_quantity int,
  p_reason text,
  p_area_code text default null,
  p_organization_id uuid default null,
  p_area_codes text[] default '{}'
)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_room int := phone_pool.room_for_purchases(p_quantity);
begin
  insert into phone_pool.purchases (reason, area_code, wanted_area_code, organization_id,
    monthly_cost, next_attempt_at, planned_at)
  select p_reason, w.area_code, w.area_code, p_organization_id, s.number_monthly_cost_usd,
    v_now, v_now
  from phone_pool.settings s, generate_series(1, v_room) nth,
    lateral (select coalesce(p_area_code, p_area_codes[nth]) as area_code) w;
  return v_room;
end
$$;
comment on function phone_pool.plan_purchases(int, text, text, uuid, text[]) is
  'Writes up to p_quantity intents, as many as the caps allow, and returns how many: in '
  'p_area_code if given, else the first of them in p_area_codes. The caller holds the planning '
  'lock.';

revoke execute on all functions in schema phone_pool from public;
