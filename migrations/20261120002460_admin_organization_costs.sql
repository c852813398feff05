-- What each organization costs, month by month (UTC): the rent of its number for the time that it
-- held it, and the minutes of its calls. Read it with an organization_id, or with a limit.
--
-- Numbers that nobody holds cost as well: that is nobody's, and in admin_pool_health.

create view public.admin_organization_costs with (security_invoker = true) as
select
  h.organization_id,
  (select o.name from public.organizations o where o.id = h.organization_id) as organization_name,
  m.month,
  round(r.held_usd, 4) as rental_usd,
  coalesce(c.calls, 0) as calls,
  round(coalesce(c.talk_seconds, 0) / 60, 2) as minutes,
  round(coalesce(c.talk_seconds, 0) / 60 * s.call_minute_cost_usd, 4) as minutes_usd,
  round(r.held_usd + coalesce(c.talk_seconds, 0) / 60 * s.call_minute_cost_usd, 4) as total_usd,
  round(r.projected_usd + coalesce(c.talk_seconds, 0) / 60 * s.call_minute_cost_usd
    / m.elapsed, 4) as projected_usd,
  s.planned_cost_usd as planned_usd,
  round((r.projected_usd + coalesce(c.talk_seconds, 0) / 60 * s.call_minute_cost_usd / m.elapsed)
    / s.planned_cost_usd, 4) as share_of_plan
from phone_pool.settings s
cross join (select phone_pool.clock() as at) n
cross join (select distinct t.organization_id from phone_pool.tenures t) h
cross join lateral (
  select g.starts_at, g.starts_at + interval '1 month' as ends_at
  from generate_series(
    (select date_trunc('month', min(lower(f.held)) at time zone 'UTC')
      from phone_pool.tenures f where f.organization_id = h.organization_id),
    date_trunc('month', n.at at time zone 'UTC'), interval '1 month') as g (starts_at)
) g
cross join lateral (
  select g.starts_at::date as month, g.starts_at at time zone 'UTC' as starts_at,
    g.ends_at at time zone 'UTC' as ends_at,
    extract(epoch from g.ends_at - g.starts_at) as seconds,
    -- The share of the month that has passed; not so little that a minute becomes a fortune.
    greatest(least(extract(epoch from n.at - g.starts_at at time zone 'UTC')
      / extract(epoch from g.ends_at - g.starts_at), 1), 0.01) as elapsed
) m
cross join lateral (
  select
    coalesce(sum(p.monthly_cost / m.seconds * extract(epoch from greatest(
      least(coalesce(upper(t.held), n.at), m.ends_at, n.at) - greatest(lower(t.held), m.starts_at),
      interval '0'))), 0) as held_usd,
    coalesce(sum(p.monthly_cost / m.seconds * extract(epoch from greatest(
      least(coalesce(upper(t.held), m.ends_at), m.ends_at) - greatest(lower(t.held), m.starts_at),
      interval '0'))), 0) as projected_usd
  from phone_pool.tenures t
  join public.phone_numbers p on p.id = t.phone_number_id
  where t.organization_id = h.organization_id
) r
left join phone_pool.call_months c on c.organization_id = h.organization_id and c.month = m.month;

comment on view public.admin_organization_costs is
  'Rental and minutes of each organization by month, the current month projected to its end, '
  'against settings.planned_cost_usd. From the first month with a number on.';
comment on column public.admin_organization_costs.organization_id is 'Deleted ones included.';
comment on column public.admin_organization_costs.organization_name is 'Null: it has been deleted.';
comment on column public.admin_organization_costs.month is 'First day of the month, UTC.';
comment on column public.admin_organization_costs.rental_usd is
  'Rent of its number for the time it held it, so far.';
comment on column public.admin_organization_costs.calls is 'Calls that were answered.';
comment on column public.admin_organization_costs.minutes is 'Minutes talked in them, so far.';
comment on column public.admin_organization_costs.minutes_usd is
  'Those minutes at settings.call_minute_cost_usd.';
comment on column public.admin_organization_costs.total_usd is 'Rent and minutes, so far.';
comment on column public.admin_organization_costs.projected_usd is
  'Rent and minutes at the end of the month, if it keeps its number and calls as it did so far.';
comment on column public.admin_organization_costs.planned_usd is 'settings.planned_cost_usd.';
comment on column public.admin_organization_costs.share_of_plan is
  'projected_usd ÷ planned_usd: above 1 it costs more than planned.';
revoke all on public.admin_organization_costs from public, anon, authenticated, service_role;
grant select on public.admin_organization_costs to service_role;
