-- The first thing that an admin looks at: one row. Counted from partial indexes and from what is
-- kept counted anyway (rent_changes), never by reading all numbers.

create view public.admin_pool_health with (security_invoker = true) as
-- Materialized: each count is used several times and made once.
with counted as materialized (
  select
    (select count(*) from public.phone_numbers n where n.status = 'available') as available,
    (select count(*) from public.phone_numbers n where n.status = 'suspended') as suspended,
    (select count(*) from phone_pool.carrier_releases r where r.gone_at is null) as releasing,
    (select coalesce(sum(r.numbers), 0) from phone_pool.rent_changes r)::bigint as rented
),
late as (
  select coalesce(array_agg(j.job order by j.job), '{}') as jobs
  from public.admin_jobs j where j.is_late
)
select
  c.available,
  c.rented - c.available - c.suspended - c.releasing as assigned,
  c.suspended,
  (select count(*) from phone_pool.number_requests) as waiting,
  (select count(*) from phone_pool.purchases p
    where p.status in ('planned', 'ordering', 'ordered')) as in_flight,
  l.low_water,
  round(c.available / nullif(p.arrivals_per_day, 0), 1) as days_of_cover,
  case
    when cardinality(t.jobs) > 0 then 'stalled'
    when c.available = 0 then 'empty'
    when c.available < l.low_water then 'low'
    else 'healthy'
  end as status,
  (select h.last_at from phone_pool.heartbeats h where h.job = 'sweep') as last_sweep_at,
  t.jobs as stalled_jobs,
  (select count(*) from phone_pool.alerts a
    where a.closed_at is null and a.quiet_since is null) as open_alerts,
  (select r.requested_at from phone_pool.number_requests r order by r.id limit 1) as waiting_since,
  s.numbers as rented,
  s.committed_usd,
  e.monthly_budget_usd,
  e.max_numbers,
  l.batch_size,
  p.arrivals_per_day,
  p.lead_time,
  p.forecast_reason
from counted c
cross join phone_pool.settings e
cross join phone_pool.planner p
cross join phone_pool.levels() l
cross join phone_pool.spending(phone_pool.clock()) s
cross join late t;
comment on view public.admin_pool_health is 'Is the pool healthy? One row.';
comment on column public.admin_pool_health.available is 'Numbers that wait for an organization.';
comment on column public.admin_pool_health.assigned is 'Numbers that organizations have.';
comment on column public.admin_pool_health.suspended is
  'Numbers in quarantine, and numbers held back: see admin_phone_numbers.';
comment on column public.admin_pool_health.in_flight is 'Numbers planned or on order at Telnyx.';
comment on column public.admin_pool_health.low_water is
  'With fewer available and on order, more are bought: settings.low_water, or more while demand is '
  'high.';
comment on column public.admin_pool_health.days_of_cover is
  'How long the available numbers last at the pace of the last 28 days; null: no demand, or less '
  'than a day of it.';
comment on column public.admin_pool_health.status is
  'stalled: a job is late, see stalled_jobs; empty; low: fewer than low_water; else healthy.';
comment on column public.admin_pool_health.stalled_jobs is 'Which jobs are late: see admin_jobs.';
comment on column public.admin_pool_health.open_alerts is
  'Problems there are now, see admin_alerts; those that are over and quiet are not counted.';
comment on column public.admin_pool_health.waiting_since is
  'When the organization that is served next asked; null: none waits.';
comment on column public.admin_pool_health.rented is 'Numbers that Telnyx bills, or has on order.';
comment on column public.admin_pool_health.committed_usd is
  'What this calendar month (UTC) costs in rent and one-time prices, with what is on order.';
comment on column public.admin_pool_health.batch_size is 'How many numbers are bought at once.';
comment on column public.admin_pool_health.arrivals_per_day is
  'Registrations a day in the last 28 days; null: less than a day of history.';
comment on column public.admin_pool_health.lead_time is
  'How long the carrier takes: three of five of the latest 100 purchases took no longer.';
comment on column public.admin_pool_health.forecast_reason is 'Why low_water is what it is.';
revoke all on public.admin_pool_health from public, anon, authenticated, service_role;
grant select on public.admin_pool_health to service_role;

create function phone_pool_worker.get_pool_health()
returns table (status text, stalled_jobs text[])
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
begin
  select h.status, h.stalled_jobs into strict status, stalled_jobs from public.admin_pool_health h;
  -- With pg_cron dead nobody else would tell.
  if status = 'stalled' then
    begin
      perform phone_pool.watch_jobs();
      perform phone_pool.fold_alert_events();
      perform phone_pool.deliver_alerts();
    exception when lock_not_available then
      -- Another one that asks is telling it, or a sweep by hand.
      null;
    end;
  end if;
  return next;
end
$$;
comment on function phone_pool_worker.get_pool_health() is
  'What the Edge Function health tells the world: no figures. Stalled jobs are alerts from then '
  'on, though no sweep runs. Security definer: see claim_purchases.';
