-- The dead man's switch: every job leaves a heartbeat, and late_jobs() says who is late.
--
--   sweep            runs every minute, whatever there is to do
--   replenish-pool, release-numbers    run while purchases or releases are due
--   reconcile-carrier    once a day, from the first assignment on
--   telnyx-webhook   whenever Telnyx has something to tell: silence is no sign
--   livekit-webhook  LiveKit tells of every call: silence about calls is a sign
--
-- A worker beats when it claims work or stores an event. It waits for nobody to do so, and a row
-- that all of them would write is written only now and then.

create function phone_pool.beat_now_and_then(p_job text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '50ms'
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  if not exists (
    select from phone_pool.heartbeats h
    where h.job = p_job and h.last_at between v_now - interval '15 seconds' and v_now
  ) then
    perform phone_pool.beat(p_job);
  end if;
exception
when lock_not_available then
  -- Its very first heartbeat, which an open transaction is just writing.
  null;
when others then
  -- The work is more important than the sign that it is done.
  raise warning 'phone_pool could not record that % runs: %', p_job, sqlerrm;
end
$$;
comment on function phone_pool.beat_now_and_then(text) is
  'Records that p_job runs, at most every 15 seconds. Waits 50 ms at most, never fails. Security '
  'definer: triggers beat for whoever fired them.';

-- Rows to write: of two workers that insert the first one, the second would wait for the first.
insert into phone_pool.heartbeats (job, last_at)
select job, null from unnest(array[
  'replenish-pool', 'release-numbers', 'telnyx-webhook', 'livekit-webhook']) job;

create function phone_pool.tg_heartbeats__beat()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform phone_pool.beat_now_and_then(
    case tg_table_name
      when 'purchases' then 'replenish-pool'
      when 'carrier_releases' then 'release-numbers'
      else to_jsonb(new) ->> 'provider' || '-webhook' end);
  return null;
end
$$;
comment on function phone_pool.tg_heartbeats__beat() is
  'Whoever claims work or stores an event runs.';
create trigger purchases_claimed_is_a_heartbeat after update of claim_token on phone_pool.purchases
  for each row
  when (new.claim_token is not null and new.claim_token is distinct from old.claim_token)
  execute function phone_pool.tg_heartbeats__beat();
create trigger releases_claimed_is_a_heartbeat
  after update of claim_token on phone_pool.carrier_releases
  for each row
  when (new.claim_token is not null and new.claim_token is distinct from old.claim_token)
  execute function phone_pool.tg_heartbeats__beat();
create trigger webhook_events_are_a_heartbeat after insert on phone_pool.webhook_events
  for each row execute function phone_pool.tg_heartbeats__beat();

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
comment on column public.admin_jobs.is_late is 'Whether somebody must look.';
comment on column public.admin_jobs.what is 'What it does, and when.';
comment on column public.admin_jobs.result is 'What it did last, where it tells.';
revoke all on public.admin_jobs from public, anon, authenticated, service_role;
grant select on public.admin_jobs to service_role;
grant execute on function phone_pool.clock() to service_role;

revoke execute on all functions in schema phone_pool from public;
