-- The success metrics: how many organizations got a number, how fast, how often the pool was low,
-- and how reliable Telnyx was; each over 24 hours, 7 days and 30 days.

create view public.admin_assignment_metrics with (security_invoker = true) as
select
  p.period,
  a.requests,
  a.assigned,
  a.requests - a.assigned as waiting,
  round(a.assigned::numeric / nullif(a.requests, 0), 5) as success_rate,
  0.999 as success_rate_target,
  round(a.immediate::numeric / nullif(a.requests, 0), 5) as immediate_share,
  a.milliseconds[1] as p50_milliseconds,
  a.milliseconds[2] as p95_milliseconds,
  a.milliseconds[3] as p99_milliseconds,
  500 as milliseconds_target,
  l.times as times_below_low_water,
  l.duration as time_below_low_water
from (select phone_pool.clock() as at) n
cross join (values
  ('24 hours', interval '24 hours'), ('7 days', interval '7 days'), ('30 days', interval '30 days')
) p (period, length)
cross join lateral (
  select
    count(*) as requests,
    count(r.milliseconds) as assigned,
    count(*) filter (where r.milliseconds < 500) as immediate,
    percentile_disc(array[0.5, 0.95, 0.99]) within group (order by r.milliseconds) as milliseconds
  from (
    select round(extract(epoch from lower(t.held) - t.requested_at) * 1000, 3) as milliseconds
    from phone_pool.tenures t where t.requested_at > n.at - p.length
    union all
    select null from phone_pool.number_requests w where w.requested_at > n.at - p.length
  ) r
) a
cross join lateral (
  select
    count(*) as times,
    coalesce(sum(coalesce(e.ended_at, n.at) - greatest(e.began_at, n.at - p.length)), interval '0')
      as duration
  from phone_pool.low_water_episodes e
  where e.ended_at > n.at - p.length or e.ended_at is null
) l;

comment on view public.admin_assignment_metrics is
  'How well organizations get their numbers. Requests are those that asked within the period.';
comment on column public.admin_assignment_metrics.period is 'Until now.';
comment on column public.admin_assignment_metrics.requests is
  'Organizations that asked for a number and have had one or wait; who left while waiting is not '
  'counted.';
comment on column public.admin_assignment_metrics.assigned is 'Of these, who got a number.';
comment on column public.admin_assignment_metrics.waiting is 'Of these, who still waits.';
comment on column public.admin_assignment_metrics.success_rate is 'assigned ÷ requests.';
comment on column public.admin_assignment_metrics.success_rate_target is 'What is aimed at.';
comment on column public.admin_assignment_metrics.immediate_share is
  'Share of requests that had a number within milliseconds_target.';
comment on column public.admin_assignment_metrics.p50_milliseconds is
  'Half of those with a number had it within so many milliseconds of asking.';
comment on column public.admin_assignment_metrics.p95_milliseconds is 'The same for 95 of 100.';
comment on column public.admin_assignment_metrics.p99_milliseconds is 'The same for 99 of 100.';
comment on column public.admin_assignment_metrics.milliseconds_target is 'What is aimed at.';
comment on column public.admin_assignment_metrics.times_below_low_water is
  'How often fewer numbers than settings.low_water were available, as seen once a minute.';
comment on column public.admin_assignment_metrics.time_below_low_water is 'For how long in all.';

create view public.admin_carrier_reliability with (security_invoker = true) as
select
  p.period,
  coalesce(c.operation, 'all') as operation,
  count(c.ok) as requests,
  count(*) filter (where c.ok) as ok,
  count(*) filter (where not c.ok) as failed,
  round(count(*) filter (where c.ok)::numeric / nullif(count(c.ok), 0), 5) as success_rate,
  count(*) filter (where not c.ok and c.http_status is null) as unanswered,
  count(*) filter (where not c.ok and c.http_status >= 500) as server_errors,
  count(*) filter (where not c.ok and c.http_status = 429) as rate_limited,
  count(*) filter (where not c.ok and c.http_status < 500 and c.http_status <> 429) as refused,
  (
    select jsonb_object_agg(e.error_class, e.requests) from (
      select coalesce(f.error_class, 'unknown') as error_class, count(*) as requests
      from unnest(array_agg(c.error_class) filter (where not c.ok)) as f (error_class)
      group by 1
    ) e
  ) as errors_by_class,
  percentile_disc(0.5) within group (order by c.milliseconds) as p50_milliseconds,
  percentile_disc(0.95) within group (order by c.milliseconds) as p95_milliseconds,
  percentile_disc(0.99) within group (order by c.milliseconds) as p99_milliseconds
from (select phone_pool.clock() as at) n
cross join (values
  ('24 hours', interval '24 hours'), ('7 days', interval '7 days'), ('30 days', interval '30 days')
) p (period, length)
left join phone_pool.carrier_requests c on c.requested_at > n.at - p.length
group by grouping sets ((p.period, p.length, c.operation), (p.period, p.length))
having grouping(c.operation) = 1 or c.operation is not null
order by p.length, grouping(c.operation) desc, c.operation;

comment on view public.admin_carrier_reliability is
  'Requests to Telnyx by period and operation, and of all operations together (operation all).';
comment on column public.admin_carrier_reliability.period is 'Until now.';
comment on column public.admin_carrier_reliability.operation is 'Such as search or order; all.';
comment on column public.admin_carrier_reliability.requests is 'How many were sent.';
comment on column public.admin_carrier_reliability.ok is 'How many did what was asked.';
comment on column public.admin_carrier_reliability.failed is 'How many did not, for any reason.';
comment on column public.admin_carrier_reliability.success_rate is 'ok ÷ requests.';
comment on column public.admin_carrier_reliability.unanswered is
  'Failed without an answer: connection, time-out.';
comment on column public.admin_carrier_reliability.server_errors is 'Failed with HTTP 5xx.';
comment on column public.admin_carrier_reliability.rate_limited is 'Failed with HTTP 429.';
comment on column public.admin_carrier_reliability.refused is
  'Failed with another status: an answer, such as none in stock.';
comment on column public.admin_carrier_reliability.errors_by_class is
  'Failed requests by the class that decides what is done next; null: none.';
comment on column public.admin_carrier_reliability.p50_milliseconds is
  'Half of the requests took no longer.';
comment on column public.admin_carrier_reliability.p95_milliseconds is '95 of 100 took no longer.';
comment on column public.admin_carrier_reliability.p99_milliseconds is '99 of 100 took no longer.';

revoke all on public.admin_assignment_metrics, public.admin_carrier_reliability
  from public, anon, authenticated, service_role;
grant select on public.admin_assignment_metrics, public.admin_carrier_reliability to service_role;
