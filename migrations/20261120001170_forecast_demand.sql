-- The step of the sweep that writes the forecast, see forecasts. It runs before refill(), so that a
-- burst is followed in the same sweep. What counts stands in settings.working_low_water and
-- working_batch_size, where the trigger reads it together with everything else; they are looked at
-- only while settings.forecast is on, so that off is off at once.

create function phone_pool.room_for_forecast(p_low_water int, p_batch_size int)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
as $$
  -- What is there already, and what could still be bought. The same sums as room_for_purchases(),
  -- but a wish is no reason for an alert.
  select (phone_pool.count_available(p_low_water) + o.for_pool
    -- refill() plans whole batches.
    + greatest(floor((least(
        s.max_numbers - i.numbers - o.purchases,
        case when s.number_monthly_cost_usd = 0 then s.max_numbers
          else (s.monthly_budget_usd - i.monthly_cost - o.cost) / s.number_monthly_cost_usd end)
      -- Who waits comes before the pool.
      - (select count(*) from (select from phone_pool.number_requests r limit s.max_numbers) w)
    ) / p_batch_size) * p_batch_size, 0))::bigint
  from phone_pool.settings s, phone_pool.inventory i, (
    select count(*) as purchases, coalesce(sum(p.monthly_cost), 0) as cost,
      count(*) filter (where p.organization_id is null) as for_pool
    from phone_pool.purchases p where p.status in ('planned', 'ordering', 'ordered')
  ) o;
$$;
comment on function phone_pool.room_for_forecast(int, int) is
  'How many numbers the pool can have with what max_numbers and the budget leave, counted up to '
  'about p_low_water.';

create function phone_pool.set_working_levels(p_low_water int, p_batch_size int)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- An admin may be changing the settings just now: then the next sweep does it.
  update phone_pool.settings s
  set working_low_water = p_low_water, working_batch_size = p_batch_size
  where s.only_row = (select l.only_row from phone_pool.settings l
      where (l.working_low_water, l.working_batch_size)
        is distinct from (p_low_water, p_batch_size)
      for no key update skip locked);
  return case when found then 1 else 0 end;
end
$$;
comment on function phone_pool.set_working_levels(int, int) is
  'Writes what counts from now on, if it is something else. Returns whether it was: 1 or 0.';

create function phone_pool.forecast_demand()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_arrivals record;
  v_lead interval;
  v_levels record;
  v_low_water int;
  v_batch_size int;
  v_reason text;
begin
  select * into strict v_settings from phone_pool.settings;
  if not v_settings.forecast then
    return phone_pool.set_working_levels(null, null);
  end if;
  select * into strict v_arrivals from phone_pool.latest_arrivals() a;
  v_lead := phone_pool.carrier_lead_time();
  select * into strict v_levels from phone_pool.forecast_levels(
    v_arrivals.ages, coalesce(v_arrivals.per_day, 0), extract(epoch from v_lead)::float8,
    v_settings.batch_size) l;
  v_reason := format('the latest pace is %s registrations an hour, numbers arrive within %s',
    round((v_levels.pace * 3600)::numeric, 1), date_trunc('second', v_lead + interval '0.5 s'));
  if v_levels.low_water > v_settings.low_water then
    v_low_water := least(v_levels.low_water,
      phone_pool.room_for_forecast(v_levels.low_water, v_levels.batch_size));
    v_batch_size := greatest(least(v_levels.batch_size, v_low_water), v_settings.batch_size);
    v_reason := v_reason || format(': that needs %s', v_levels.low_water)
      || case when v_low_water < v_levels.low_water
        then format(', max_numbers and the budget allow %s', v_low_water) else '' end;
  else
    v_reason := v_reason || ': low_water is enough';
  end if;
  update phone_pool.forecasts f
  set computed_at = phone_pool.clock(), low_water = v_levels.low_water,
    batch_size = v_levels.batch_size, lead_time = v_lead, reason = v_reason,
    arrivals_per_day = round(coalesce(v_arrivals.per_day, 0)::numeric, 2),
    burst_factor = round(
      (nullif(v_levels.pace, 0) * 86400 / nullif(v_arrivals.per_day, 0))::numeric, 2)
  where f.only_row;
  return phone_pool.set_working_levels(v_low_water, v_batch_size);
end
$$;
comment on function phone_pool.forecast_demand() is
  'A step of the sweep: estimates demand and the carrier, and says what counts as low water mark '
  'and batch. Returns 1 if that changed.';
revoke execute on all functions in schema phone_pool from public;
