-- Which area codes to keep numbers of, so that an organization that wants one is served at once
-- instead of waiting for a purchase of its own.
--
-- Each sweep counts what the recent arrivals (see forecasts) wanted. An area code wanted four times
-- in the four weeks is kept: as many numbers as the registrations from one batch to the end of the
-- next will want, but for one time in 20; no more than a week of its demand. What a batch brings
-- goes to the area code whose numbers would be used up first; the rest is of any area code.
--
-- Costs nothing: refill() plans as many numbers as ever, and who wants no area code takes the
-- oldest, whatever it is. So a number that nobody wanted any more is used up like any other.

create table phone_pool.area_code_forecasts (
  area_code text not null constraint area_code_forecasts_pkey primary key
    constraint area_code_forecasts_area_code_is_nanp check (area_code ~ '^[2-9][0-9]{2}$'),
  arrivals int not null
    constraint area_code_forecasts_arrivals_are_positive check (arrivals > 0),
  arrivals_per_day numeric(12, 2) not null,
  immediate_share numeric(6, 5) not null,
  keep int not null
    constraint area_code_forecasts_keep_is_not_negative check (keep >= 0),
  sold_out_at timestamptz null
);
comment on table phone_pool.area_code_forecasts is
  'The area codes that recent arrivals wanted, as the latest sweep counted them.';
comment on column phone_pool.area_code_forecasts.arrivals is
  'How many of them wanted it, of those of 28 days.';
comment on column phone_pool.area_code_forecasts.immediate_share is
  'Share of them that had a number at once.';
comment on column phone_pool.area_code_forecasts.keep is
  'How many numbers of it the pool should have when a batch has arrived.';
comment on column phone_pool.area_code_forecasts.sold_out_at is
  'When a purchase last found nothing there; no batch is bought there for a day.';
alter table phone_pool.area_code_forecasts enable row level security;
grant select on phone_pool.area_code_forecasts to service_role;

create function phone_pool.area_code_level(
  p_arrivals int,
  p_all int,
  p_per_day float8,
  p_pool int
)
returns int
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_share float8 := p_arrivals::float8 / p_all;
begin
  if p_arrivals < 4 then
    return 0;
  end if;
  return least(
    phone_pool.poisson_level(v_share * p_pool, 0.05) - 1, ceil(7 * p_per_day * v_share)::int);
end
$$;
comment on function phone_pool.area_code_level(int, int, float8, int) is
  'How many numbers to keep of an area code that p_arrivals of p_all wanted, p_per_day of all a '
  'day, when batches are p_pool registrations apart. tests/simulation/area-codes.ts says the same '
  'in TypeScript.';

create function phone_pool.forecast_area_codes()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count int;
begin
  with arrivals as materialized (
    select phone_pool.wanted_area_code(a.settings) as area_code, a.is_immediate
    from phone_pool.recent_arrivals() a, phone_pool.settings s
    where a.age < 28 * 86400 and s.forecast
  ),
  wanted as materialized (
    select a.area_code, count(*)::int as arrivals,
      count(*) filter (where a.is_immediate) as immediate
    from arrivals a where a.area_code is not null group by a.area_code
  ),
  gone as (
    delete from phone_pool.area_code_forecasts f
    where not exists (select from wanted w where w.area_code = f.area_code)
    returning f.area_code
  ),
  written as (
    insert into phone_pool.area_code_forecasts as f
      (area_code, arrivals, arrivals_per_day, immediate_share, keep)
    select w.area_code, w.arrivals, round(d.arrivals_per_day * w.arrivals / n.arrivals, 2),
      round(w.immediate::numeric / w.arrivals, 5),
      phone_pool.area_code_level(w.arrivals, n.arrivals, d.arrivals_per_day::float8,
        greatest(s.low_water, s.working_low_water) + greatest(s.batch_size, s.working_batch_size))
    from wanted w, (select count(*)::int as arrivals from arrivals) n, phone_pool.settings s,
      phone_pool.forecasts d
    on conflict on constraint area_code_forecasts_pkey do update
    set arrivals = excluded.arrivals, arrivals_per_day = excluded.arrivals_per_day,
      immediate_share = excluded.immediate_share, keep = excluded.keep
    where (f.arrivals, f.arrivals_per_day, f.immediate_share, f.keep) is distinct from
      (excluded.arrivals, excluded.arrivals_per_day, excluded.immediate_share, excluded.keep)
    returning f.area_code
  )
  select (select count(*) from gone) + (select count(*) from written) into strict v_count;
  return v_count;
end
$$;
comment on function phone_pool.forecast_area_codes() is
  'A step of the sweep: counts which area codes are wanted, and says how many numbers of each to '
  'keep; none while settings.forecast is off. Returns how many that changed.';

create function phone_pool.area_codes_to_buy(p_most int)
returns text[]
language sql
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(u.area_code order by u.used_up, u.area_code), '{}')
  from (
    select f.area_code, nth::numeric / f.arrivals as used_up
    from phone_pool.settings s
    cross join phone_pool.area_code_forecasts f
    cross join lateral (
      select count(*) as numbers from (
        select from public.phone_numbers p
        where p.status = 'available'
          -- The index by area code; for one equal to it another may be taken, and read through.
          and p.area_code between f.area_code and f.area_code
        limit f.keep) kept
    ) free
    left join (
      select p.area_code, count(*) as numbers from phone_pool.purchases p
      where p.status in ('planned', 'ordering', 'ordered') and p.organization_id is null
      group by p.area_code
    ) ordered on ordered.area_code = f.area_code
    cross join generate_series(free.numbers + coalesce(ordered.numbers, 0) + 1, f.keep) nth
    where s.forecast
      and coalesce(f.sold_out_at < phone_pool.clock() - interval '1 day', true)
      -- Who waits for any number gets the first that is for sale anywhere.
      and not exists (select from phone_pool.number_requests r where r.area_code is null)
    order by used_up, f.area_code
    limit p_most
  ) u;
$$;
comment on function phone_pool.area_codes_to_buy(int) is
  'The area codes of the next p_most numbers for the pool, or of fewer: the others are of any.';

create function phone_pool.note_sold_out(p_area_code text)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  -- The sweep may be writing the row just now, and waits for purchases itself: never wait for it.
  update phone_pool.area_code_forecasts f set sold_out_at = phone_pool.clock()
  where f.area_code = (select l.area_code from phone_pool.area_code_forecasts l
    where l.area_code = p_area_code for no key update skip locked);
$$;
comment on function phone_pool.note_sold_out(text) is
  'A purchase found nothing in that area code: the next batches are not bought there.';

revoke execute on all functions in schema phone_pool from public;
