-- The success metrics: how many organizations got a number, how fast, how often the pool was low,
-- and how reliable Telnyx was; each over 24 hours, 7 days and 30 days.

create view public.admin_assignment_metrics with (security_invoker = true) as
select
  p.period,
  a.requests,
  a.at_once,
  a.within_a_minute,
  a.later,
  a.waiting,
  a.failing,
  round((a.at_once + a.within_a_minute)::numeric / nullif(a.requests, 0), 5) as success_rate,
  a.pool_milliseconds[1] as pool_p50_milliseconds,
  a.pool_milliseconds[2] as pool_p95_milliseconds,
  a.pool_milliseconds[3] as pool_p99_milliseconds,
  a.purchase_seconds[1] as purchase_p50_seconds,
  a.purchase_seconds[2] as purchase_p95_seconds,
  l.times as times_below_low_water,
  l.duration as time_below_low_water
from (select phone_pool.clock() as at) n
cross join (values
  ('24 hours', interval '24 hours'), ('7 days', interval '7 days'), ('30 days', interval '30 days')
) p (period, length)
cross join lateral (
  select
    count(*) as requests,
    count(*) filter (where r.seconds < 0.5) as at_once,
    count(*) filter (where r.seconds >= 0.5 and r.seconds <= 60) as within_a_minute,
    count(*) filter (where r.seconds > 60) as later,
    count(*) filter (where r.seconds is null) as waiting,
    count(*) filter (where r.is_failing) as failing,
    percentile_disc(array[0.5, 0.95, 0.99]) within group
      (order by case when not r.was_bought then round(r.seconds * 1000, 3) end)
      as pool_milliseconds,
    percentile_disc(array[0.5, 0.95]) within group
      (order by case when r.was_bought then round(r.seconds, 1) end) as purchase_seconds
  from (
    select extract(epoch from lower(t.held) - t.requested_at) as seconds,
      o.purchased_at > t.requested_at as was_bought, false as is_failing
    from phone_pool.tenures t
    -- Looked up one by one: a join might read all numbers.
    cross join lateral (
      select l.purchased_at from public.phone_numbers l where l.id = t.phone_number_id limit 1
    ) o
    where t.requested_at > n.at - p.length
    union all
    select null, null, w.failures > 0 from phone_pool.number_requests w
    where w.requested_at > n.at - p.length
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
  'How well organizations get their numbers. Requests are those that asked within the period; the '
  'time runs from the beginning of the statement that registers until the organization shows its '
  'number.';
comment on column public.admin_assignment_metrics.period is 'Until now.';
comment on column public.admin_assignment_metrics.requests is
  'Organizations that asked for a number and have had one or wait; one that left while it waited '
  'is not counted.';
comment on column public.admin_assignment_metrics.at_once is
  'Of these, how many had a number within 500 milliseconds.';
comment on column public.admin_assignment_metrics.within_a_minute is
  'Of these, how many had one later, but within a minute.';
comment on column public.admin_assignment_metrics.later is
  'Of these, how many had one after more than a minute.';
comment on column public.admin_assignment_metrics.waiting is 'Of these, how many still wait.';
comment on column public.admin_assignment_metrics.failing is
  'Of those that wait, how many could not be given a number: see the alert assignment_failed.';
comment on column public.admin_assignment_metrics.success_rate is
  'at_once and within_a_minute ÷ requests; 0.999 is aimed at.';
comment on column public.admin_assignment_metrics.pool_p50_milliseconds is
  'Half of those that got a number of the pool had it within so many milliseconds; 500 are aimed '
  'at.';
comment on column public.admin_assignment_metrics.pool_p95_milliseconds is
  'The same for 95 of 100.';
comment on column public.admin_assignment_metrics.pool_p99_milliseconds is
  'The same for 99 of 100.';
comment on column public.admin_assignment_metrics.purchase_p50_seconds is
  'Half of those whose number was bought after they had asked had it within so many seconds.';
comment on column public.admin_assignment_metrics.purchase_p95_seconds is
  'The same for 95 of 100.';
comment on column public.admin_assignment_metrics.times_below_low_water is
  'How often fewer numbers than low water were available, as seen once a minute.';
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
