-- What a monitor reads: counts, as samples of Prometheus. The Edge Function health names and types
-- them (functions/health/metrics.ts). What is counted by the day begins again at midnight UTC, so
-- that no scrape reads more than a day.

create function phone_pool_worker.get_metrics()
returns table (metric text, labels jsonb, value numeric)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  with now as materialized (
    select c.at, date_trunc('day', c.at at time zone 'UTC') at time zone 'UTC' as midnight
    from (select phone_pool.clock() as at) c
  ),
  health as materialized (select h.* from public.admin_pool_health h),
  bounds as (
    select b.le::text as le, b.le as seconds
    from unnest(array[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]) b (le)
    union all
    select '+Inf', 'infinity'
  ),
  requests as materialized (
    select r.operation, r.milliseconds / 1000.0 as seconds
    from now n join phone_pool.carrier_requests r on r.requested_at >= n.midnight
  )
  select m.metric, m.labels, m.value
  from health h, now n, lateral (values
    ('numbers', '{"status": "available"}'::jsonb, h.available::numeric),
    ('numbers', '{"status": "assigned"}', h.assigned),
    ('numbers', '{"status": "suspended"}', h.suspended),
    ('numbers_low_water', '{}', h.low_water),
    ('numbers_on_order', '{}', h.in_flight),
    ('numbers_rented', '{}', h.rented),
    ('numbers_max', '{}', h.max_numbers),
    ('organizations_waiting', '{}', h.waiting),
    ('longest_wait_seconds', '{}',
      greatest(coalesce(extract(epoch from n.at - h.waiting_since), 0), 0)),
    ('committed_usd', '{}', h.committed_usd),
    ('budget_usd', '{}', h.monthly_budget_usd),
    ('sweep_age_seconds', '{}', greatest(extract(epoch from n.at - h.last_sweep_at), 0))
  ) m (metric, labels, value)
  where m.value is not null
  union all
  select 'pool_status', jsonb_build_object('status', s.status), (s.status = h.status)::int
  from health h, unnest(array['healthy', 'low', 'empty', 'stalled']) s (status)
  union all
  select 'alerts', jsonb_build_object('kind', k.kind, 'severity', k.severity), count(a.id)
  from phone_pool.alert_kinds k
  left join phone_pool.alerts a
    on a.kind = k.kind and a.closed_at is null and a.quiet_since is null
  group by k.kind, k.severity
  union all
  select 'registrations_today', jsonb_build_object('number', w.number),
    count(t.id) filter (where (lower(t.held) - t.requested_at < interval '500 milliseconds')
      = (w.number = 'at_once'))
  from now n
  cross join (values ('at_once'), ('later')) w (number)
  left join phone_pool.tenures t on t.requested_at >= n.midnight
  group by w.number
  union all
  select 'intake_calls_today', jsonb_build_object('outcome', c.status), count(*)
  from now n
  -- The longest call takes four hours.
  join phone_pool.intake_calls c
    on c.created_at >= n.midnight - interval '6 hours' and c.ended_at >= n.midnight
  group by c.status
  union all
  select 'carrier_request_seconds_bucket',
    jsonb_build_object('operation', o.operation, 'le', b.le),
    count(*) filter (where r.seconds <= b.seconds)
  from (select distinct q.operation from requests q) o
  cross join bounds b
  join requests r on r.operation = o.operation
  group by o.operation, b.le, b.seconds
  union all
  select 'carrier_request_seconds_' || p.part, jsonb_build_object('operation', r.operation),
    case p.part when 'sum' then sum(r.seconds) else count(*) end
  from requests r cross join (values ('sum'), ('count')) p (part)
  group by r.operation, p.part;
$$;
comment on function phone_pool_worker.get_metrics() is
  'Samples for Prometheus: the name without phone_pool_, its labels, its value; counts, never a '
  'number. Security definer: see claim_purchases.';
