-- What the pool costs, month by month (UTC), and against which budget.

create function phone_pool.call_spending(p_from timestamptz, p_until timestamptz)
returns table (usd numeric, estimated_usd numeric)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select r.usd + e.usd, e.usd
  from (
    select coalesce(sum(c.cost_usd), 0) as usd from phone_pool.call_records c
    where c.phone_number_id is not null and c.started_at >= p_from and c.started_at < p_until
  ) r, (
    select coalesce(sum(extract(epoch from c.talk_time)), 0) / 60
      * (select s.call_minute_cost_usd from phone_pool.settings s) as usd
    from phone_pool.intake_calls c
    where c.billed_usd is null and c.talk_time is not null
      and c.created_at >= p_from and c.created_at < p_until
  ) e;
$$;
comment on function phone_pool.call_spending(timestamptz, timestamptz) is
  'What calls cost, inbound and forwarded ones included: by Telnyx''s records, and estimated where '
  'none has come yet; usd has both.';

create view public.admin_spending with (security_invoker = true) as
select
  m.month,
  round(r.assigned_usd + r.quarantine_usd + r.idle_usd, 2) as rent_usd,
  round(r.assigned_usd, 2) as assigned_usd,
  round(r.quarantine_usd, 2) as quarantine_usd,
  round(r.idle_usd, 2) as idle_usd,
  round(o.usd, 2) as one_time_usd,
  round(c.usd, 2) as minutes_usd,
  round(c.estimated_usd, 2) as estimated_usd,
  round(r.assigned_usd + r.quarantine_usd + r.idle_usd + o.usd + c.usd, 2) as total_usd,
  round(r.projected_usd + o.usd + c.usd / m.elapsed, 2) as projected_usd,
  round(case when m.ends_at > m.at then b.committed_usd else r.committed_usd + o.usd end, 2)
    as committed_usd,
  s.monthly_budget_usd,
  s.monthly_minutes_budget_usd,
  r.numbers,
  r.idle_numbers,
  r.quarantine_numbers
-- The latest month first, one after the other: a reader of one does not wait for all.
from (select phone_pool.clock() as at) n
cross join lateral (
  select g.starts_at::date as month, l.starts_at, l.ends_at, n.at,
    greatest(least(l.ends_at, n.at), l.starts_at) as until,
    extract(epoch from l.ends_at - l.starts_at) as seconds,
    -- What has passed of it; a minute of its first hours is no fortune.
    greatest(least(extract(epoch from n.at - l.starts_at)
      / extract(epoch from l.ends_at - l.starts_at), 1), 0.01) as elapsed
  from generate_series(date_trunc('month', n.at at time zone 'UTC'),
    (select date_trunc('month', min(p.purchased_at) at time zone 'UTC')
      from public.phone_numbers p), interval '-1 month') as g (starts_at)
  cross join lateral (
    select g.starts_at at time zone 'UTC' as starts_at,
      (g.starts_at + interval '1 month') at time zone 'UTC' as ends_at
  ) l
) m
cross join phone_pool.settings s
cross join phone_pool.spending(phone_pool.clock()) b
cross join lateral (
  select
    coalesce(sum(l.monthly_cost / m.seconds * l.assigned), 0) as assigned_usd,
    coalesce(sum(l.monthly_cost / m.seconds * l.resting), 0) as quarantine_usd,
    coalesce(sum(l.monthly_cost / m.seconds * greatest(l.rented - l.assigned - l.resting, 0)), 0)
      as idle_usd,
    coalesce(sum(l.monthly_cost / m.seconds * l.projected), 0) as projected_usd,
    coalesce(sum(l.monthly_cost), 0) as committed_usd,
    count(*) as numbers,
    count(*) filter (where l.assigned + l.resting < 1) as idle_numbers,
    count(*) filter (where l.assigned < 1 and l.resting >= 1) as quarantine_numbers
  from (
    select p.monthly_cost, coalesce(t.assigned, 0) as assigned, coalesce(t.resting, 0) as resting,
      greatest(extract(epoch from least(g.gone_at, m.until)
        - greatest(p.purchased_at, m.starts_at)), 0) as rented,
      greatest(extract(epoch from least(g.gone_at, m.ends_at)
        - greatest(p.purchased_at, m.starts_at)), 0) as projected
    from public.phone_numbers p
    left join phone_pool.carrier_releases g on g.phone_number_id = p.id
    left join (
      select h.phone_number_id,
        sum(greatest(extract(epoch from least(upper(h.held), m.until)
          - greatest(lower(h.held), m.starts_at)), 0)) as assigned,
        sum(greatest(extract(epoch from least(h.resumed_at, h.quarantine_until, r.gone_at, m.until)
          - greatest(upper(h.held), m.starts_at)), 0)) filter (where not upper_inf(h.held))
          as resting
      from phone_pool.tenures h
      left join phone_pool.carrier_releases r on r.phone_number_id = h.phone_number_id
      where lower(h.held) < m.ends_at and coalesce(h.quarantine_until, 'infinity') > m.starts_at
      group by h.phone_number_id
    ) t on t.phone_number_id = p.id
    where p.purchased_at < m.ends_at and coalesce(g.gone_at, 'infinity') > m.starts_at
  ) l
) r
cross join lateral (
  select coalesce(sum(p.upfront_cost), 0) as usd from phone_pool.purchases p
  where p.status = 'owned' and p.owned_at >= m.starts_at and p.owned_at < m.ends_at
) o
cross join lateral phone_pool.call_spending(m.starts_at, m.ends_at) c;
comment on view public.admin_spending is
  'What the pool costs a calendar month (UTC), in US dollars: rent by the time that numbers were '
  'held, rested or idle, what was paid once, and minutes of calls; the latest month first.';
comment on column public.admin_spending.month is 'First day of the month.';
comment on column public.admin_spending.rent_usd is
  'Rent so far, for the time that numbers were ours: the sum of the next three.';
comment on column public.admin_spending.assigned_usd is 'Of numbers that organizations held.';
comment on column public.admin_spending.quarantine_usd is 'Of numbers in quarantine.';
comment on column public.admin_spending.idle_usd is 'Of numbers that were available or held back.';
comment on column public.admin_spending.one_time_usd is 'Paid once, for numbers bought.';
comment on column public.admin_spending.minutes_usd is
  'Calls, inbound and forwarded ones included: what Telnyx charges.';
comment on column public.admin_spending.estimated_usd is
  'Of minutes_usd, the minutes of which no record has come yet, at settings.call_minute_cost_usd.';
comment on column public.admin_spending.total_usd is 'All of it so far.';
comment on column public.admin_spending.projected_usd is
  'All of it at the end of the month, if the numbers stay and calls go on as they did.';
comment on column public.admin_spending.committed_usd is
  'What counts against the budget: a whole month''s rent of every number of the month, what was '
  'paid once, and what is on order.';
comment on column public.admin_spending.monthly_minutes_budget_usd is
  'settings.monthly_minutes_budget_usd, for minutes_usd; null: none.';
comment on column public.admin_spending.numbers is 'Numbers that were ours at any time of it.';
comment on column public.admin_spending.idle_numbers is
  'Of these, numbers that no organization held and that did not rest in it.';
comment on column public.admin_spending.quarantine_numbers is
  'Of these, numbers that only rested in it.';
revoke all on public.admin_spending from public, anon, authenticated, service_role;
grant select on public.admin_spending to service_role;
