-- Every job, when it ran last, and whether it is late.

create view public.admin_jobs with (security_invoker = true) as
with now as (
  select phone_pool.clock() as at
),
due as (
  select 'sweep' as job, interval '3 minutes' as late_after, h.last_at as due_since,
    'runs every minute, by pg_cron' as what
  from now left join phone_pool.heartbeats h on h.job = 'sweep'
  union all
  select 'replenish-pool', interval '5 minutes', (
    select min(greatest(p.next_attempt_at, coalesce(p.lease_until, p.next_attempt_at)))
    from phone_pool.purchases p where p.status in ('planned', 'ordering', 'ordered')
  ), 'buys numbers, while purchases are due'
  union all
  select 'release-numbers', interval '10 minutes', (
    select min(greatest(r.next_attempt_at, coalesce(r.lease_until, r.next_attempt_at)))
    from phone_pool.carrier_releases r where r.gone_at is null
  ), 'gives numbers back to Telnyx, while releases are due'
  union all
  select 'reconcile-carrier', interval '26 hours', coalesce(h.last_at, (
    select lower(f.held) from phone_pool.tenures f order by f.id limit 1
  )), 'compares with Telnyx, once a day'
  from now left join phone_pool.heartbeats h on h.job = 'reconcile-carrier'
  union all
  select 'call-records', interval '2 hours', (
    select c.created_at from phone_pool.intake_calls c
    where c.created_at > coalesce(h.last_at, '-infinity') and c.dialing_at is not null
    order by c.created_at limit 1
  ), 'reads Telnyx''s records of calls, while calls are made'
  from now left join phone_pool.heartbeats h on h.job = 'call-records'
  union all
  select 'telnyx-webhook', null, null, 'stores what Telnyx tells; silence is no sign'
  union all
  select 'livekit-webhook', interval '10 minutes', (
    -- Three calls, begun an hour ago at most, of which LiveKit has told nothing since.
    select c.created_at from now n, phone_pool.intake_calls c
    where c.created_at between n.at - interval '1 hour' and n.at
      and c.sip_call_id is not null and c.joined_at is null and c.left_at is null
      and c.created_at > coalesce(
        (select h.last_at from phone_pool.heartbeats h where h.job = 'livekit-webhook'),
        '-infinity')
    order by c.created_at offset 2 limit 1
  ), 'stores what LiveKit tells, while calls are made'
)
select
  d.job,
  h.last_at,
  d.due_since,
  d.late_after,
  coalesce(d.due_since < n.at - d.late_after, d.job = 'sweep') as is_late,
  d.what,
  h.result
from now n
cross join due d
left join phone_pool.heartbeats h on h.job = d.job;
comment on view public.admin_jobs is 'Who works, since when, and who is late.';
comment on column public.admin_jobs.job is 'The sweep, or an Edge Function.';
comment on column public.admin_jobs.last_at is 'Its last heartbeat; null: it never ran.';
comment on column public.admin_jobs.due_since is
  'Since when there has been work for it, or when it last ran; null: nothing to do.';
comment on column public.admin_jobs.late_after is 'It is late when that is longer ago than this.';
comment on column public.admin_jobs.result is 'What it did last, where it tells.';
revoke all on public.admin_jobs from public, anon, authenticated, service_role;
grant select on public.admin_jobs to service_role;
