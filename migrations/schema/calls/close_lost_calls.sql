-- Calls that need to be looked after, whatever was lost: a webhook, an answer, a function that died
-- while it dialled. The sweep nudges intake-calls/sweep, which claims what is due:
--
--   watch        the phone may be up: is an agent there, and is the phone? An agent that is gone
--                ends the call; a phone that is gone was not told of: unknown
--   hang_up      so it was decided (the agent is gone), or max_call_minutes is over
--   delete_room  what could not be dialled, until LiveKit says that the room is gone
--
-- "On the phone" is what LiveKit told of the phone leg, not the status: an agent reports the end of
-- a call and leaves while the patient is still there.

create function phone_pool.calls_to_check(p_limit int)
returns table (call_id uuid, action text, checked_at timestamptz)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_longest interval;
begin
  select make_interval(mins => s.max_call_minutes) into strict v_longest from phone_pool.settings s;
  return query
  (select c.id, case when c.hang_up_at is not null or c.dialing_at <= v_now - v_longest
      then 'hang_up' else 'watch' end, c.checked_at
    from phone_pool.intake_calls c
    where c.dialing_at is not null and c.dial_failed_at is null and c.left_at is null
      and c.room_finished_at is null and c.lost_at is null
      and c.dialing_at <= v_now - interval '20 seconds'
      and (c.checked_at is null or c.checked_at <= v_now - interval '75 seconds'
        or c.checked_at < c.agent_left_at
        or c.checked_at <= v_now - interval '20 seconds'
          and (c.hang_up_at is not null or c.dialing_at <= v_now - v_longest))
    order by c.dialing_at limit p_limit)
  union all
  -- A request whose answer never came may have reached LiveKit late, after the room was deleted,
  -- and opened it again: it is deleted once more, and again until LiveKit says that it is gone.
  (select c.id, 'delete_room', c.checked_at
    from phone_pool.intake_calls c
    where c.dial_failed_at between v_now - interval '10 minutes' and v_now - interval '20 seconds'
      and (c.checked_at is null and (c.sip_call_id is null or c.room_finished_at is null)
        or c.room_finished_at is null and c.checked_at <= v_now - interval '2 minutes')
    order by c.dial_failed_at limit p_limit);
end
$$;
comment on function phone_pool.calls_to_check(int) is
  'The calls that LiveKit is to be asked about or told to end, each at most every minute.';

create function phone_pool_worker.claim_calls_to_check(p_limit int default 10)
returns table (call_id uuid, room_name text, action text)
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  with due as materialized (select d.* from phone_pool.calls_to_check(200) d),
  taken as (
    select c.id, d.action from due d
    join phone_pool.intake_calls c on c.id = d.call_id
    -- Checked again once it is locked: another invocation may just have taken it.
    where c.checked_at is not distinct from d.checked_at
      and (select phone_pool.is_own_project())
    limit p_limit for update of c skip locked
  )
  update phone_pool.intake_calls c
  set checked_at = phone_pool.clock(),
    hang_up_at = coalesce(c.hang_up_at,
      case when t.action = 'hang_up' then phone_pool.clock() end),
    hang_up_reason = coalesce(c.hang_up_reason,
      case when t.action = 'hang_up' then 'max_call_minutes' end)
  from taken t where c.id = t.id
  returning c.id, c.room_name, t.action;
$$;
comment on function phone_pool_worker.claim_calls_to_check(int) is
  'Calls to look after, each at most every minute; action: watch, hang_up, which is written down '
  'before it is done, or delete_room. Security definer: see start_intake_call.';

create function phone_pool_worker.hang_up_intake_call(p_call_id uuid, p_reason text)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update phone_pool.intake_calls c
  set hang_up_at = coalesce(c.hang_up_at, phone_pool.clock()),
    hang_up_reason = coalesce(c.hang_up_reason, p_reason)
  where c.id = p_call_id and c.dialing_at is not null and c.dial_failed_at is null
    and c.left_at is null and c.room_finished_at is null and c.lost_at is null;
  return found;
end
$$;
comment on function phone_pool_worker.hang_up_intake_call(uuid, text) is
  'Writes down that this call is to be ended and why; the caller that is told true then deletes '
  'its room. False: the phone is no longer up. Security definer: see start_intake_call.';

create function phone_pool_worker.record_intake_call_lost(p_call_id uuid)
returns phone_pool.intake_calls
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update phone_pool.intake_calls c
  set lost_at = phone_pool.clock()
  where c.id = p_call_id and c.dialing_at is not null and c.left_at is null and c.lost_at is null;
  return phone_pool.settle_call(p_call_id);
end
$$;
comment on function phone_pool_worker.record_intake_call_lost(uuid) is
  'LiveKit does not know the call any more: it is unknown, unless its end is told yet, or we ended '
  'it. Security definer: see start_intake_call.';

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
  v_due bigint;
begin
  select * into strict v_settings from phone_pool.settings;
  for v_call in
    select c.id, c.status from phone_pool.intake_calls c
    where c.status = 'queued' and c.expires_at <= v_now - interval '30 seconds'
      or c.status in ('dialing', 'answered') and c.room_finished_at <= v_now - interval '1 minute'
      or c.dialing_at <= v_now - make_interval(
          secs => v_settings.ringing_seconds, mins => v_settings.max_call_minutes + 5)
        and c.dial_failed_at is null and c.left_at is null and c.room_finished_at is null
        and c.lost_at is null
    order by c.created_at limit 200 for update skip locked
  loop
    if v_call.status = 'queued' then
      perform phone_pool_worker.record_intake_call(v_call.id, 'failed', 'permit_expired');
    else
      perform phone_pool_worker.record_intake_call_lost(v_call.id);
    end if;
    v_closed := v_closed + 1;
  end loop;
  -- One invocation looks after ten calls for two minutes.
  select count(*) into v_due from phone_pool.calls_to_check(200);
  for v_nudge in 1..ceil(v_due / 10.0)::int loop
    perform phone_pool.nudge('intake-calls/sweep');
  end loop;
  return v_closed;
end
$$;
comment on function phone_pool.close_lost_calls() is
  'Closes calls that must be over, and has the others looked after. Returns how many were closed.';
