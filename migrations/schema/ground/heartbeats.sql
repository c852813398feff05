-- The dead man's switch: every job leaves a heartbeat, and late_jobs() says who is late.
--
--   sweep            runs every minute, whatever there is to do
--   replenish-pool, release-numbers    run while purchases or releases are due
--   reconcile-carrier    once a day, from the first assignment on
--   call-records     every 15 minutes, once a list of Telnyx's records is read to its end
--   telnyx-webhook   whenever Telnyx has something to tell: silence is no sign
--   livekit-webhook  LiveKit tells of every call: silence about calls is a sign
--
-- A worker beats when it claims work or stores an event. It waits for nobody to do so, and a row
-- that all of them would write is written only now and then.

create table phone_pool.heartbeats (
  job text constraint heartbeats_pkey primary key,
  last_at timestamptz,
  result jsonb not null default '{}'
);
comment on table phone_pool.heartbeats is 'When each job last ran, and what it did.';
comment on column phone_pool.heartbeats.last_at is 'Null: it never ran.';
alter table phone_pool.heartbeats enable row level security;
grant select on phone_pool.heartbeats to service_role;

-- Rows to write: of two workers that insert the first one, the second would wait for the first.
insert into phone_pool.heartbeats (job, last_at)
select job, null from unnest(array[
  'replenish-pool', 'release-numbers', 'telnyx-webhook', 'livekit-webhook']) job;

create function phone_pool.beat(p_job text, p_result jsonb default '{}')
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  with updated as (
    update phone_pool.heartbeats h set last_at = phone_pool.clock(), result = p_result
    where h.job = (
      select l.job from phone_pool.heartbeats l where l.job = p_job for update skip locked)
  )
  insert into phone_pool.heartbeats (job, last_at, result)
  select p_job, phone_pool.clock(), p_result
  where not exists (select from phone_pool.heartbeats h where h.job = p_job)
  on conflict (job) do nothing;
$$;
comment on function phone_pool.beat(text, jsonb) is
  'Records that p_job has just run. Waits for no other that records it, but for the one that '
  'does so for the first time.';

create function phone_pool.tg_heartbeats__beat()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '50ms'
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_job text := case tg_table_name
    when 'purchases' then 'replenish-pool'
    when 'carrier_releases' then 'release-numbers'
    else to_jsonb(new) ->> 'provider' || '-webhook' end;
begin
  if not exists (
    select from phone_pool.heartbeats h
    where h.job = v_job and h.last_at between v_now - interval '15 seconds' and v_now
  ) then
    perform phone_pool.beat(v_job);
  end if;
  return null;
exception
when lock_not_available then
  -- Its very first heartbeat, which an open transaction is just writing.
  return null;
when others then
  -- The work is more important than the sign that it is done.
  raise warning 'phone_pool could not record that % runs: %', v_job, sqlerrm;
  return null;
end
$$;
comment on function phone_pool.tg_heartbeats__beat() is
  'A worker that claims work or stores an event runs: recorded at most every 15 seconds. Waits '
  '50 ms at most, never fails. Security definer: it beats for every role.';
