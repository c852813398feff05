-- How many numbers to keep ready: settings.low_water and batch_size, or more while demand is high.
--
-- Each sweep estimates from the pool's own history
--   the pace     of registrations: of the last 8, the last 16, ... the last 2,048, whichever is the
--                fastest. A burst shows in the last few within a minute, and is forgotten as those
--                become old; nothing is remembered but when organizations asked.
--   the lead     time of the carrier, from plan to owned: what three of five of the last 100 took,
--                which is about the mean, but for single orders that were pending for hours.
-- Pace times lead is how many are on order on average; the low water mark is how many that is at
-- most, but for one delivery in a year: the quantile of a Poisson distribution.
--
-- Bounded: by three days of demand (nobody keeps 1,000 numbers because of one import), by what
-- max_numbers and the budget leave room for, by 1,000. Never less than the settings.
-- Bounded work: 2,048 entries of an index (tenures_by_request), their organizations, 100 purchases,
-- whatever the history holds.

create table phone_pool.forecasts (
  only_row boolean not null default true constraint forecasts_pkey primary key
    constraint forecasts_is_one_row check (only_row),
  computed_at timestamptz null,
  arrivals_per_day numeric(12, 2) not null default 0,
  burst_factor numeric(12, 2) null,
  lead_time interval null,
  low_water int null,
  batch_size int null,
  reason text not null default 'not computed yet'
);
comment on table phone_pool.forecasts is 'What the latest sweep expects: exactly one row.';
comment on column phone_pool.forecasts.arrivals_per_day is
  'Registrations a day in the last 28 days, or of the latest 2,048.';
comment on column phone_pool.forecasts.burst_factor is
  'How many times that pace the fastest recent pace is; null: too few registrations to tell.';
comment on column phone_pool.forecasts.low_water is
  'What the forecast asks for, before it is bounded by the caps and raised to the settings.';
insert into phone_pool.forecasts default values;
alter table phone_pool.forecasts enable row level security;
grant select on phone_pool.forecasts to service_role;

create function phone_pool.poisson_level(p_mean float8, p_risk float8)
returns int
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_level int := 1;
  v_term float8;
  v_tail float8;
begin
  if p_mean > 600 then
    return 1000;
  end if;
  v_term := exp(-p_mean);
  v_tail := 1 - v_term;
  while v_tail > p_risk and v_level < 1000 loop
    v_term := v_term * p_mean / v_level;
    v_tail := v_tail - v_term;
    v_level := v_level + 1;
  end loop;
  return v_level;
end
$$;
comment on function phone_pool.poisson_level(float8, float8) is
  'The least number, 1 to 1,000, that is reached with no more than that probability when p_mean '
  'are expected.';

create function phone_pool.forecast_levels(
  p_ages float8[],
  p_per_day float8,
  p_lead float8,
  p_batch_size int,
  out pace float8,
  out low_water int,
  out batch_size int
)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_arrivals float8 := 8;
begin
  pace := 0;
  for i in 1..coalesce(cardinality(p_ages), 0) loop
    -- Less two standard deviations: few arrivals are often close together by chance. Whatever came
    -- within five minutes, an import by one statement too, came in five minutes.
    pace := greatest(pace, (v_arrivals - 2 * sqrt(v_arrivals)) / greatest(p_ages[i], 300));
    v_arrivals := v_arrivals * 2;
  end loop;
  batch_size := least(greatest(p_batch_size, ceil(pace * 60)), 100)::int;
  -- The mean: how many are on order when each number given out is ordered again at once. The risk:
  -- of so many deliveries a year one may come too late.
  low_water := least(
    phone_pool.poisson_level(
      pace * least(greatest(p_lead, 30), 3600),
      least(batch_size / greatest(p_per_day * 365.25, 1), 0.01)),
    greatest(ceil(p_per_day * 3), 1))::int;
end
$$;
comment on function phone_pool.forecast_levels(float8[], float8, float8, int) is
  'The pace (registrations a second) and the low water mark and batch that it needs. p_ages: how '
  'many seconds ago the 8th, 16th, 32nd … latest registration was; p_per_day: registrations in '
  'the long run; p_lead: the carrier''s seconds. tests/simulation/forecast.ts says the same in '
  'TypeScript, and a test compares them.';

create function phone_pool.recent_arrivals()
returns table (place bigint, age float8, settings jsonb, is_immediate boolean)
language sql
set search_path = pg_catalog, pg_temp
as $$
  select row_number() over (order by t.requested_at desc),
    greatest(extract(epoch from n.at - t.requested_at), 0)::float8,
    o.settings, t.is_immediate
  -- Asked once, not for every row.
  from (select phone_pool.clock() as at offset 0) n
  cross join (
    (select l.requested_at, l.organization_id,
      lower(l.held) - l.requested_at < interval '500 milliseconds' as is_immediate
    from (select * from phone_pool.tenures t order by t.requested_at desc limit 2048) l
    -- Who came back in time took its own number, and none of the pool.
    where l.not_before is null)
    union all
    (select r.requested_at, r.organization_id, false from phone_pool.number_requests r
      order by r.id desc limit 2048)
  ) t
  -- Looked up one by one: a join might read all of them.
  left join lateral (
    select o.created_at, o.settings from public.organizations o
    where o.id = t.organization_id limit 1
  ) o on true
  -- Organizations from before phone-pool (backfill_organizations) announce no others.
  where coalesce(o.created_at > t.requested_at - interval '1 day', true)
  order by t.requested_at desc
  limit 2048;
$$;
comment on function phone_pool.recent_arrivals() is
  'The latest 2,048 organizations that asked, the latest first: how many seconds ago, their '
  'settings, and whether they had a number at once.';

create function phone_pool.latest_arrivals(out ages float8[], out per_day float8)
language sql
set search_path = pg_catalog, pg_temp
as $$
  select
    coalesce(array_agg(a.age order by a.place) filter (
      where a.place in (8, 16, 32, 64, 128, 256, 512, 1024, 2048) and a.age < 28 * 86400), '{}'),
    count(*) filter (where a.age < 28 * 86400)
      -- Of a younger pool as many days as it has existed, one at least.
      / least(case when count(*) < 2048 then greatest(max(a.age) / 86400, 1)
          else greatest(max(a.age) / 86400, 0.001) end, 28)
  from phone_pool.recent_arrivals() a;
$$;
comment on function phone_pool.latest_arrivals() is
  'How many seconds ago the 8th, 16th, … 2,048th latest organization asked, those of 28 days; '
  'and how many asked a day in that time.';

create function phone_pool.carrier_lead_time()
returns interval
language sql
set search_path = pg_catalog, pg_temp
as $$
  -- Unknown until 10 were bought for the pool: a minute.
  select case when count(*) < 10 then interval '1 minute'
    else percentile_cont(0.6) within group (order by p.owned_at - p.planned_at) end
  from (
    select o.owned_at, o.planned_at, o.organization_id from phone_pool.purchases o
    where o.status = 'owned' order by o.owned_at desc limit 100
  ) p
  where p.organization_id is null;
$$;
comment on function phone_pool.carrier_lead_time() is
  'How long it takes from a plan to a number: three of five of the latest 100 took no longer.';
revoke execute on all functions in schema phone_pool from public;
