-- The first thing that an admin looks at: one row. Counted from partial indexes and from what is
-- kept counted anyway (inventory), never by reading all numbers.

-- Who asked when: for the metrics, and for how long the pool will last.
create index tenures_by_request on phone_pool.tenures (requested_at);

create view public.admin_pool_health with (security_invoker = true) as
-- Materialized: each count is used several times and made once.
with counted as materialized (
  select
    (select count(*) from public.phone_numbers n where n.status = 'available') as available,
    (select count(*) from public.phone_numbers n where n.status = 'suspended') as suspended,
    (select count(*) from phone_pool.carrier_releases r where r.gone_at is null) as releasing,
    i.numbers,
    i.monthly_cost
  from phone_pool.inventory i
),
late as (
  select coalesce(array_agg(j.job order by j.job), '{}') as jobs
  from public.admin_jobs j where j.is_late
),
demand as (
  -- Of 30 days; of a younger pool as many days as it has existed, one at least.
  select count(*) / greatest(
    extract(epoch from n.at - greatest(n.at - interval '30 days', min(t.requested_at))) / 86400, 1
  ) as a_day
  from (select phone_pool.clock() as at) n, phone_pool.tenures t
  where t.requested_at > n.at - interval '30 days'
  group by n.at
)
select
  c.available,
  c.numbers - c.available - c.suspended - c.releasing as assigned,
  c.suspended,
  (select count(*) from phone_pool.number_requests) as waiting,
  (select count(*) from phone_pool.purchases p
    where p.status in ('planned', 'ordering', 'ordered')) as in_flight,
  s.low_water,
  round(c.available / nullif((select d.a_day from demand d), 0), 1) as days_of_cover,
  case
    when cardinality(l.jobs) > 0 then 'stalled'
    when c.available = 0 then 'empty'
    when c.available < s.low_water then 'low'
    else 'healthy'
  end as status,
  (select h.last_at from phone_pool.heartbeats h where h.job = 'sweep') as last_sweep_at,
  l.jobs as stalled_jobs,
  (select count(*) from phone_pool.alerts a where a.closed_at is null) as open_alerts,
  (select r.requested_at from phone_pool.number_requests r order by r.id limit 1) as waiting_since,
  c.releasing,
  c.numbers as rented,
  c.monthly_cost as monthly_rent_usd,
  s.max_numbers,
  s.monthly_budget_usd,
  greatest(s.low_water, case when s.forecast then s.working_low_water end) as working_low_water,
  f.arrivals_per_day,
  f.burst_factor,
  f.lead_time,
  case when s.forecast then f.reason else 'settings.forecast is off' end as forecast_reason
from counted c
cross join phone_pool.settings s
cross join phone_pool.forecasts f
cross join late l;

comment on view public.admin_pool_health is 'Is the pool healthy? One row.';
comment on column public.admin_pool_health.available is 'Numbers that wait for an organization.';
comment on column public.admin_pool_health.assigned is 'Numbers that organizations have.';
comment on column public.admin_pool_health.suspended is 'Numbers in quarantine.';
comment on column public.admin_pool_health.waiting is 'Organizations that wait for a number.';
comment on column public.admin_pool_health.in_flight is 'Numbers planned or on order at Telnyx.';
comment on column public.admin_pool_health.low_water is
  'settings.low_water: with fewer available and on order, more are bought.';
comment on column public.admin_pool_health.days_of_cover is
  'How long the available numbers last at the pace of the last 30 days; null: no demand.';
comment on column public.admin_pool_health.status is
  'stalled: a job is late, see stalled_jobs; empty; low: fewer than low_water; else healthy.';
comment on column public.admin_pool_health.last_sweep_at is 'When pg_cron last ran the sweep.';
comment on column public.admin_pool_health.stalled_jobs is 'Who is late: see admin_jobs.';
comment on column public.admin_pool_health.open_alerts is 'See admin_alerts.';
comment on column public.admin_pool_health.waiting_since is
  'When the organization that is served next asked; null: nobody waits.';
comment on column public.admin_pool_health.releasing is
  'Numbers given back that Telnyx still bills.';
comment on column public.admin_pool_health.rented is 'Numbers that Telnyx bills.';
comment on column public.admin_pool_health.monthly_rent_usd is
  'What they cost a month, US dollars.';
comment on column public.admin_pool_health.max_numbers is 'settings.max_numbers.';
comment on column public.admin_pool_health.monthly_budget_usd is 'settings.monthly_budget_usd.';
comment on column public.admin_pool_health.working_low_water is
  'What counts as low_water now: the forecast raises it while demand is high.';
comment on column public.admin_pool_health.arrivals_per_day is
  'Registrations a day in the last 28 days, or of the latest 2,048, as the sweep saw it.';
comment on column public.admin_pool_health.burst_factor is
  'How many times that pace the fastest recent pace is; null: too few registrations to tell.';
comment on column public.admin_pool_health.lead_time is
  'How long the carrier takes: three of five of the latest 100 purchases took no longer.';
comment on column public.admin_pool_health.forecast_reason is
  'Why working_low_water is what it is.';
revoke all on public.admin_pool_health from public, anon, authenticated, service_role;
grant select on public.admin_pool_health to service_role;

create function public.get_pool_health()
returns table (status text, stalled_jobs text[])
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  select h.status, h.stalled_jobs into strict status, stalled_jobs from public.admin_pool_health h;
  -- With pg_cron dead nobody else would tell.
  if status = 'stalled' then
    perform phone_pool.watch_jobs();
    perform phone_pool.deliver_alerts();
  end if;
  return next;
end
$$;
comment on function public.get_pool_health() is
  'What the Edge Function health tells the world: no figures. Stalled jobs are alerts from then '
  'on, though no sweep runs. Security definer: see claim_purchases.';

revoke execute on all functions in schema phone_pool from public;
revoke execute on function public.get_pool_health() from public, anon, authenticated;
grant execute on function public.get_pool_health() to service_role;
