-- Decides how many numbers to buy, in one place and one at a time.
--
-- A registration only nudges. The Edge Function replenish-pool, npm run buy-pool and the sweep
-- plan, each in a short transaction of its own that updates the planner's row first: a second
-- planner waits for it, and under repeatable read it fails (40001) and is tried again. So no
-- transaction of a client can hold up planning, and racing planners together cannot exceed the
-- caps: each counts what is owned, what is on order and what was committed in the month.
--
-- Lock order: the planner's row, then rows of purchases (skip locked).

create table phone_pool.planner (
  only_row boolean not null default true constraint planner_pkey primary key
    constraint planner_is_one_row check (only_row),
  began_at timestamptz not null default '-infinity',
  quiet_until timestamptz not null default '-infinity',
  low_water int
    constraint planner_low_water_is_bounded check (low_water between 0 and 1000),
  batch_size int
    constraint planner_batch_size_is_bounded check (batch_size between 1 and 100),
  arrivals_per_day numeric(12, 2),
  lead_time interval,
  forecast_reason text not null default 'not computed yet'
);
comment on table phone_pool.planner is
  'When numbers were last planned, and the levels that the latest sweep has set: exactly one row.';
comment on column phone_pool.planner.quiet_until is
  'Until then nobody nudges: the pool is low, and there was nothing that might be bought.';
comment on column phone_pool.planner.low_water is
  'What the forecast asks for; what counts is the greater of it and settings.low_water.';
comment on column phone_pool.planner.batch_size is 'The same for settings.batch_size.';
comment on column phone_pool.planner.arrivals_per_day is
  'Registrations a day in the last 28 days; null: less than a day of history.';
comment on column phone_pool.planner.lead_time is
  'How long the carrier takes from plan to number: three of five of the latest 100 took no longer.';
alter table phone_pool.planner enable row level security;
grant select on phone_pool.planner to service_role;

insert into phone_pool.planner default values;

-- Milliseconds of the latest nudge. A hint outside of transactions: it is never waited for, and one
-- that was not committed only makes a nudge come later.
create sequence phone_pool.latest_nudge minvalue 0 start 0;

create function phone_pool.nudge_planner()
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_latest timestamptz;
  v_planner phone_pool.planner;
begin
  -- Once a transaction.
  if coalesce(current_setting('phone_pool.nudged', true), '') <> '' then
    return false;
  end if;
  select * into strict v_planner from phone_pool.planner;
  select to_timestamp(s.last_value / 1000.0) into strict v_latest from phone_pool.latest_nudge s;
  -- The latest nudge was not acted on yet, and its plan will see what is missing now: numbers that
  -- an open transaction is taking count as taken.
  if v_planner.quiet_until > v_now
    or (v_latest > v_planner.began_at and v_latest between v_now - interval '1 second' and v_now)
  then
    return false;
  end if;
  perform setval('phone_pool.latest_nudge', floor(extract(epoch from v_now) * 1000)::bigint);
  perform set_config('phone_pool.nudged', 'yes', true);
  return phone_pool.nudge('replenish-pool');
end
$$;
comment on function phone_pool.nudge_planner() is
  'Asks replenish-pool to plan and buy: at most once a transaction, not while an earlier nudge of '
  'this second is under way, and not while planning has just found nothing that may be bought. '
  'Returns whether it asked.';

create function phone_pool.levels(out low_water int, out batch_size int)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select greatest(s.low_water, case when s.forecast then p.low_water end),
    greatest(s.batch_size, case when s.forecast then p.batch_size end)
  from phone_pool.settings s, phone_pool.planner p;
$$;
comment on function phone_pool.levels() is
  'The low water mark and the batch that count now: the settings, or more while demand is high.';

create function phone_pool.spending(
  p_at timestamptz,
  p_with_planned boolean default true,
  out numbers bigint,
  out committed_usd numeric
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with month as (
    select date_trunc('month', p_at at time zone 'UTC') at time zone 'UTC' as begins_at
  ),
  -- Rented at any time of the month: still, or given back and gone at Telnyx within it.
  rented as (
    select coalesce(sum(c.numbers), 0)::bigint as numbers, sum(c.monthly_cost) as cost
    from phone_pool.rent_changes c
  ),
  gone as (
    select sum(r.monthly_cost) as cost
    from month m
    join phone_pool.carrier_releases r on r.gone_at >= m.begins_at
  ),
  paid_once as (
    select sum(p.upfront_cost) as cost
    from month m
    join phone_pool.purchases p on p.status = 'owned' and p.owned_at >= m.begins_at
  ),
  on_order as (
    select count(*) as numbers, sum(p.monthly_cost + coalesce(p.upfront_cost, 0)) as cost
    from phone_pool.purchases p
    where p.status in ('planned', 'ordering', 'ordered')
      and (p_with_planned or p.status <> 'planned')
  )
  select r.numbers + o.numbers,
    coalesce(r.cost, 0) + coalesce(g.cost, 0) + coalesce(u.cost, 0) + coalesce(o.cost, 0)
  from rented r, gone g, paid_once u, on_order o;
$$;
comment on function phone_pool.spending(timestamptz, boolean) is
  'How many numbers are ours or on order, and what the calendar month (UTC) of p_at commits us '
  'to in US dollars: the rent of every number of that month, what was paid once, and what is on '
  'order. p_with_planned false: without purchases whose number is not chosen yet.';

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
  select v_settings.max_numbers - s.numbers,
    case when v_settings.number_monthly_cost_usd = 0 then p_quantity
      else floor((v_settings.monthly_budget_usd - s.committed_usd)
        / v_settings.number_monthly_cost_usd) end
  into strict v_by_count, v_by_budget
  from phone_pool.spending(phone_pool.clock()) s;
  if v_by_count < p_quantity then
    perform phone_pool.raise_alert('max_numbers_reached', format(
      '%s numbers wanted, room for %s: settings.max_numbers is %s', p_quantity,
      greatest(v_by_count, 0), v_settings.max_numbers));
  else
    perform phone_pool.close_alert('max_numbers_reached');
  end if;
  if v_by_budget < p_quantity then
    perform phone_pool.raise_alert('budget_reached', format(
      '%s numbers wanted, money for %s this month: settings.monthly_budget_usd is %s', p_quantity,
      greatest(v_by_budget, 0), v_settings.monthly_budget_usd));
  else
    perform phone_pool.close_alert('budget_reached');
  end if;
  return greatest(least(v_by_count, v_by_budget, p_quantity), 0);
end
$$;
comment on function phone_pool.room_for_purchases(int) is
  'How many of p_quantity numbers fit under max_numbers and the budget of this month; alerts when '
  'not all do. For the planner only, who has its row.';

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
  insert into phone_pool.purchases (status, reason, area_code, wanted_area_code, organization_id,
    monthly_cost, next_attempt_at, planned_at)
  select 'planned', p_reason, w.area_code, w.area_code, p_organization_id,
    s.number_monthly_cost_usd, v_now, v_now
  from phone_pool.settings s, generate_series(1, v_room) nth,
    lateral (select coalesce(p_area_code, p_area_codes[nth]) as area_code) w;
  return v_room;
end
$$;
comment on function phone_pool.plan_purchases(int, text, text, uuid, text[]) is
  'Writes up to p_quantity intents, as many as the caps allow, and returns how many: in '
  'p_area_code if given, else the first of them in p_area_codes. For the planner only.';
