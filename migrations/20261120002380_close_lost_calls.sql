-- Calls of which nobody has told the end: a webhook lost, a function that died while it dialled.
-- They are asked after at LiveKit (the sweep nudges intake-calls/sweep, which claims what is due),
-- and closed as unknown when LiveKit does not know them. A call that must be over by LiveKit's own
-- limits is closed without asking.

create function public.claim_calls_to_check(p_limit int default 20)
returns table (call_id uuid, room_name text, has_failed boolean)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_rings interval;
begin
  select make_interval(secs => s.ringing_seconds + 60) into strict v_rings
  from phone_pool.settings s;
  return query
  with under_way as (
    select c.id from phone_pool.intake_calls c
    where c.status in ('dialing', 'answered') and c.dialing_at <= v_now - v_rings
      and (c.checked_at is null or c.checked_at <= v_now - interval '2 minutes')
    order by c.created_at limit p_limit for update skip locked
  ),
  -- A request whose answer never came may have reached LiveKit late, after the room was deleted,
  -- and opened it again: it is deleted once more, and again until LiveKit says that it is gone.
  failed as (
    select c.id from phone_pool.intake_calls c
    where c.dial_failed_at between v_now - interval '10 minutes' and v_now - interval '20 seconds'
      and (c.checked_at is null and (c.sip_call_id is null or c.room_finished_at is null)
        or c.room_finished_at is null and c.checked_at <= v_now - interval '2 minutes')
    order by c.dial_failed_at limit p_limit for update skip locked
  ),
  due as (select u.id from under_way u union select f.id from failed f)
  update phone_pool.intake_calls c set checked_at = v_now
  from due where c.id = due.id
  returning c.id, c.room_name, c.dial_failed_at is not null;
end
$$;
comment on function public.claim_calls_to_check(int) is
  'Calls to ask LiveKit about, each at most every two minutes; has_failed: delete the room '
  'instead. Security definer: see start_intake_call.';

create function public.record_intake_call_lost(p_call_id uuid)
returns phone_pool.intake_calls
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  update phone_pool.intake_calls c
  set lost_at = phone_pool.clock()
  where c.id = p_call_id and c.status in ('dialing', 'answered') and c.lost_at is null;
  return phone_pool.settle_call(p_call_id);
end
$$;
comment on function public.record_intake_call_lost(uuid) is
  'LiveKit does not know the call any more: it is unknown, unless its end is told yet. Security '
  'definer: see start_intake_call.';

create function phone_pool.process_waiting_livekit_events(p_limit int default 100)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event record;
  v_count int := 0;
begin
  for v_event in
    select e.id from phone_pool.webhook_events e
    where e.processed_at is null and e.provider = 'livekit'
      and e.received_at <= phone_pool.clock() - interval '30 seconds'
    order by e.id limit p_limit for update skip locked
  loop
    begin
      perform public.process_livekit_event(v_event.id);
      v_count := v_count + 1;
    exception when others then
      update phone_pool.webhook_events e
      set processed_at = phone_pool.clock(), outcome = 'failed: ' || sqlerrm
      where e.id = v_event.id;
      perform phone_pool.raise_alert('livekit_event_failed', sqlerrm, v_event.id::text);
    end;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.process_waiting_livekit_events(int) is
  'Does what stored events ask for that livekit-webhook did not come to. Returns how many.';

create function phone_pool.close_lost_calls()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_settings phone_pool.settings;
  v_call record;
  v_closed int := 0;
begin
  perform phone_pool.process_waiting_livekit_events();
  select * into strict v_settings from phone_pool.settings;
  for v_call in
    select c.id, c.status from phone_pool.intake_calls c
    where c.status = 'queued' and c.expires_at <= v_now - interval '30 seconds'
      or c.status in ('dialing', 'answered') and (
        c.room_finished_at <= v_now - interval '1 minute'
        or c.dialing_at <= v_now - make_interval(
          secs => v_settings.ringing_seconds, mins => v_settings.max_call_minutes + 5))
    order by c.created_at limit 200 for update skip locked
  loop
    if v_call.status = 'queued' then
      perform public.record_intake_call(v_call.id, 'failed', 'permit_expired');
    else
      perform public.record_intake_call_lost(v_call.id);
    end if;
    v_closed := v_closed + 1;
  end loop;
  if exists (
    select from phone_pool.intake_calls c
    where c.status in ('dialing', 'answered')
      and c.dialing_at <= v_now - make_interval(secs => v_settings.ringing_seconds + 60)
      and (c.checked_at is null or c.checked_at <= v_now - interval '2 minutes')
  ) or exists (
    select from phone_pool.intake_calls c
    where c.dial_failed_at between v_now - interval '10 minutes' and v_now - interval '20 seconds'
      and (c.checked_at is null and (c.sip_call_id is null or c.room_finished_at is null)
        or c.room_finished_at is null and c.checked_at <= v_now - interval '2 minutes')
  ) then
    perform phone_pool.nudge('intake-calls/sweep');
  end if;
  return v_closed;
end
$$;
comment on function phone_pool.close_lost_calls() is
  'Closes calls that must be over, and has the others asked after. Returns how many were closed.';

revoke execute on all functions in schema phone_pool from public;
revoke execute on function public.claim_calls_to_check(int), public.record_intake_call_lost(uuid)
  from public, anon, authenticated;
grant execute on function public.claim_calls_to_check(int), public.record_intake_call_lost(uuid)
  to service_role;
