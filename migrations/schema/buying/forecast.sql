-- How many numbers to keep ready: settings.low_water and batch_size, or more while demand is high;
-- and of which area codes, so that an organization that wants one need not wait for a purchase.
--
--   low water   = pace × lead time, and three standard deviations of that on top
--   pace        = registrations a second in the last 5 minutes, 15 minutes, hour, 6 hours or day,
--                 whichever is the fastest, less two standard deviations: a few are often close
--                 together by chance
--   area code   = its share of a low water mark and a batch, and one standard deviation on top
--
-- Bounded by three days of demand (an import is no reason to keep 1,000 numbers), by what the caps
-- leave room for, by 1,000; never less than the settings. With less than a day of history the
-- settings are all there is. Work is bounded too: 2,048 entries of an index and their
-- organizations, whatever the history holds.

create function phone_pool.recent_arrivals()
returns table (age float8, settings jsonb)
language sql
set search_path = pg_catalog, pg_temp
as $$
  select greatest(extract(epoch from n.at - t.requested_at), 0)::float8, o.settings
  -- Asked once, not for every row.
  from (select phone_pool.clock() as at offset 0) n
  cross join lateral (
    (select l.requested_at, l.organization_id
    from (
      select * from phone_pool.tenures t
      where t.requested_at > n.at - interval '28 days'
      order by t.requested_at desc limit 2048
    ) l
    -- An organization that came back in time took its own number, and none of the pool.
    where l.not_before is null)
    union all
    (select r.requested_at, r.organization_id from phone_pool.number_requests r
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
  'The organizations that asked for a number in the last 28 days, the latest 2,048 of them: how '
  'many seconds ago, and their settings.';

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

create function phone_pool.forecast_demand()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_lead interval := phone_pool.carrier_lead_time();
  v_pace float8;
  v_per_day float8;
  v_mean float8;
  v_low_water int;
  v_batch_size int;
  v_room numeric;
  v_allowed numeric;
  v_reason text;
begin
  select * into strict v_settings from phone_pool.settings;
  if not v_settings.forecast then
    v_reason := 'settings.forecast is off';
  elsif not exists (select from phone_pool.tenures t
    where t.requested_at < phone_pool.clock() - interval '1 day') then
    v_reason := 'less than a day of history: the settings count';
  else
    select coalesce(max((w.arrivals - 2 * sqrt(w.arrivals)) / w.seconds), 0),
      max(w.arrivals) filter (where w.seconds = 28 * 86400)
        / greatest(least(max(w.oldest) / 86400, 28), 1)
    into strict v_pace, v_per_day
    from (
      select s.seconds, count(a.age)::float8 as arrivals, max(a.age) as oldest
      from unnest(array[300, 900, 3600, 21600, 86400, 28 * 86400]) s (seconds)
      left join phone_pool.recent_arrivals() a on a.age <= s.seconds
      group by s.seconds
    ) w;
    v_mean := v_pace * least(greatest(extract(epoch from v_lead)::float8, 30), 3600);
    v_low_water := least(ceil(v_mean + 3 * sqrt(v_mean)), ceil(3 * v_per_day), 1000);
    v_batch_size := least(greatest(v_settings.batch_size, ceil(v_pace * 60)), 100);
    v_reason := format('the latest pace is %s registrations an hour, numbers arrive within %s',
      round((v_pace * 3600)::numeric, 1), date_trunc('second', v_lead + interval '0.5 s'));
    if v_low_water <= v_settings.low_water then
      v_reason := v_reason || ': settings.low_water is enough';
    else
      v_reason := v_reason || format(': that needs %s', v_low_water);
      select greatest(least(v_settings.max_numbers - s.numbers, floor(
          (v_settings.monthly_budget_usd - s.committed_usd)
            / nullif(v_settings.number_monthly_cost_usd, 0))), 0)
      into strict v_room from phone_pool.spending(phone_pool.clock()) s;
      v_batch_size := greatest(least(v_batch_size, v_low_water, v_room), v_settings.batch_size);
      -- Whole batches are planned: what does not fit under the caps is no demand, and no alert.
      v_allowed := greatest(v_settings.low_water, phone_pool.count_available(v_low_water)
        + (select count(*) from phone_pool.purchases p
          where p.status in ('planned', 'ordering', 'ordered') and p.organization_id is null)
        + floor(v_room / v_batch_size) * v_batch_size);
      if v_allowed < v_low_water then
        v_low_water := v_allowed;
        v_reason := v_reason || format(', max_numbers and the budget allow %s', v_low_water);
      end if;
    end if;
  end if;
  -- An idle administrator may have the row: then the next sweep does it.
  update phone_pool.planner p
  set low_water = v_low_water, batch_size = v_batch_size, lead_time = v_lead,
    arrivals_per_day = round(v_per_day::numeric, 2), forecast_reason = v_reason
  where p.only_row = (select l.only_row from phone_pool.planner l
      where (l.low_water, l.batch_size, l.lead_time, l.arrivals_per_day, l.forecast_reason)
        is distinct from (v_low_water, v_batch_size, v_lead, round(v_per_day::numeric, 2), v_reason)
      for no key update skip locked);
  return case when found then 1 else 0 end;
end
$$;
comment on function phone_pool.forecast_demand() is
  'A step of the sweep: estimates demand and the carrier, and says what counts as low water mark '
  'and batch. Returns 1 if that changed.';

create function phone_pool.area_codes_to_buy(p_most int)
returns text[]
language sql
set search_path = pg_catalog, pg_temp
as $$
  with arrivals as materialized (
    select phone_pool.wanted_area_code(a.settings) as area_code, a.age
    from phone_pool.recent_arrivals() a, phone_pool.settings s
    where s.forecast
      -- An organization that waits for any number gets the first that is for sale anywhere.
      and not exists (select from phone_pool.number_requests r
        where r.area_code is null and r.failures = 0)
  ),
  total as (
    select count(*)::float8 as arrivals, count(*) / greatest(max(a.age) / 86400, 1) as per_day
    from arrivals a
  ),
  wanted as (
    select a.area_code, count(*)::float8 as arrivals from arrivals a
    where a.area_code is not null
    group by a.area_code having count(*) >= 4
  ),
  kept as (
    select w.area_code, w.arrivals, least(
      ceil(m.mean + sqrt(m.mean)), ceil(7 * t.per_day * w.arrivals / t.arrivals))::int as keep
    from wanted w, total t, phone_pool.levels() l,
      lateral (select w.arrivals / t.arrivals * (l.low_water + l.batch_size) as mean) m
    -- Sold out there within a day: something else is bought. The latest only, by the index: a join
    -- might read all purchases.
    where coalesce((
      select max(p.planned_at) from phone_pool.purchases p
      where p.wanted_area_code = w.area_code and p.area_code is distinct from p.wanted_area_code
        -- What the budget does not allow says nothing about the area code.
        and p.last_error_class is distinct from 'over_budget'
    ) <= phone_pool.clock() - interval '1 day', true)
  )
  select coalesce(array_agg(u.area_code order by u.used_up, u.area_code), '{}')
  from (
    select k.area_code, nth / k.arrivals as used_up
    from kept k
    cross join lateral (
      select count(*) as numbers from (
        select from public.phone_numbers p
        where p.status = 'available'
          -- The index by area code; for one equal to it another may be taken, and read through.
          and p.area_code between k.area_code and k.area_code
        limit k.keep) free
    ) free
    cross join lateral (
      select count(*) as numbers from phone_pool.purchases p
      where p.status in ('planned', 'ordering', 'ordered') and p.organization_id is null
        and p.area_code = k.area_code
    ) ordered
    cross join generate_series(free.numbers + ordered.numbers + 1, k.keep) nth
    order by used_up, k.area_code
    limit p_most
  ) u;
$$;
comment on function phone_pool.area_codes_to_buy(int) is
  'The area codes of the next p_most numbers for the pool, or of fewer: the others are of any. '
  'Those that four of the recent arrivals wanted, first the one whose numbers would be used up '
  'first.';
