-- The first thing that an admin looks at: one row.

create view public.admin_pool_health with (security_invoker = true) as
with counted as (
  select
    count(*) filter (where n.status = 'available') as available,
    count(*) filter (where n.status = 'assigned') as assigned,
    count(*) filter (where n.status = 'suspended') as suspended
  from public.phone_numbers n
)
select
  c.available,
  c.assigned,
  c.suspended,
  (select count(*) from phone_pool.number_requests) as waiting,
  (select count(*) from phone_pool.purchases p
    where p.status in ('planned', 'ordering', 'ordered')) as in_flight,
  s.low_water,
  case
    when h.last_at is null or h.last_at < phone_pool.clock() - interval '3 minutes' then 'stalled'
    when c.available = 0 then 'empty'
    when c.available < s.low_water then 'low'
    else 'healthy'
  end as status,
  h.last_at as last_sweep_at
from counted c
cross join phone_pool.settings s
left join phone_pool.heartbeats h on h.job = 'sweep';

comment on view public.admin_pool_health is 'Is the pool healthy? One row.';
comment on column public.admin_pool_health.in_flight is 'Numbers planned or on order at Telnyx.';
comment on column public.admin_pool_health.status is
  'stalled: the sweep has not run for 3 minutes; empty; low: fewer than low_water; else healthy.';
revoke all on public.admin_pool_health from anon, authenticated;
grant select on public.admin_pool_health to service_role;
grant execute on function phone_pool.clock() to service_role;
