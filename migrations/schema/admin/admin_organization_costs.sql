-- What each organization costs, month by month (UTC): the rent of its number for the time that it
-- held it, and the minutes of its calls. Read it with an organization_id, or with a limit.
--
-- Numbers that no organization holds cost as well: admin_spending has all of it.

create view public.admin_organization_costs with (security_invoker = true) as
select
  h.organization_id,
  (select o.name from public.organizations o where o.id = h.organization_id) as organization_name,
  m.month,
  round(r.held_usd, 4) as rental_usd,
  c.calls,
  round(c.talk_seconds / 60, 2) as minutes,
  round(b.usd, 4) as minutes_usd,
  round(b.estimated_usd, 4) as estimated_usd,
  round(r.held_usd + b.usd, 4) as total_usd,
  round(j.usd, 4) as projected_usd,
  s.planned_cost_usd as planned_usd,
  round(j.usd / s.planned_cost_usd, 4) as share_of_plan
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
    extract(epoch from g.ends_at - g.starts_at) as seconds
) m
cross join lateral (
  select
    coalesce(sum(p.monthly_cost / m.seconds * l.held), 0) as held_usd,
    coalesce(sum(p.monthly_cost / m.seconds * l.projected), 0) as projected_usd,
    coalesce(sum(l.held), 0) as held_seconds,
    coalesce(sum(l.projected), 0) as projected_seconds
  from phone_pool.tenures t
  join public.phone_numbers p on p.id = t.phone_number_id
  cross join lateral (
    select
      extract(epoch from greatest(least(coalesce(upper(t.held), n.at), m.ends_at, n.at)
        - greatest(lower(t.held), m.starts_at), interval '0')) as held,
      extract(epoch from greatest(least(coalesce(upper(t.held), m.ends_at), m.ends_at)
        - greatest(lower(t.held), m.starts_at), interval '0')) as projected
  ) l
  where t.organization_id = h.organization_id
) r
cross join lateral (
  select count(i.talk_time) as calls,
    coalesce(sum(extract(epoch from i.talk_time)), 0) as talk_seconds,
    coalesce(sum(extract(epoch from i.talk_time)) filter (where i.billed_usd is null), 0)
      as estimated_seconds
  from phone_pool.intake_calls i
  where i.organization_id = h.organization_id
    and i.created_at >= m.starts_at and i.created_at < m.ends_at
) c
cross join lateral (
  select coalesce(sum(l.cost_usd), 0) + e.usd as usd, e.usd as estimated_usd
  from (select c.estimated_seconds / 60 * s.call_minute_cost_usd as usd) e
  left join phone_pool.call_records l on l.organization_id = h.organization_id
    and l.started_at >= m.starts_at and l.started_at < m.ends_at
  group by e.usd
) b
cross join lateral (
  -- Calls go on as they did while it held a number: not from the first of the month on for one that
  -- came later, and not at all for one that has left. A minute of its first hour is no fortune.
  select r.projected_usd + b.usd * case
    when r.projected_seconds <= r.held_seconds then 1
    else r.projected_seconds / greatest(r.held_seconds, m.seconds / 100) end as usd
) j;
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
  'What Telnyx charges for its calls, inbound and forwarded ones included.';
comment on column public.admin_organization_costs.estimated_usd is
  'Of minutes_usd, the minutes of which no record has come yet, at settings.call_minute_cost_usd.';
comment on column public.admin_organization_costs.total_usd is 'Rent and calls, so far.';
comment on column public.admin_organization_costs.projected_usd is
  'Rent and minutes at the end of the month, if it keeps its number and calls as it did while it '
  'had it.';
comment on column public.admin_organization_costs.planned_usd is 'settings.planned_cost_usd.';
comment on column public.admin_organization_costs.share_of_plan is
  'projected_usd ÷ planned_usd: above 1 it costs more than planned.';
revoke all on public.admin_organization_costs from public, anon, authenticated, service_role;
grant select on public.admin_organization_costs to service_role;
