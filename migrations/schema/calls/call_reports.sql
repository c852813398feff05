-- What is told about a call while it lasts: by LiveKit's webhooks, and by the agent, which knows
-- when the patient answered, should nobody have waited for LiveKit's answer, and what came of it.
-- Either only adds facts; call_outcome() makes a state of them.

create function phone_pool.happened_at(p_event phone_pool.webhook_events)
returns timestamptz
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select greatest(p_event.occurred_at,
    least(p_event.received_at, p_event.occurred_at + interval '1 second'));
$$;
comment on function phone_pool.happened_at(phone_pool.webhook_events) is
  'When it happened, as exactly as is known: LiveKit tells the second, cut off, so it was within '
  'that second; and most webhooks arrive within milliseconds, so it was right before that. Never '
  'wrong by more than a second, however late the webhook is.';

create function phone_pool.act_on_livekit_event(p_event phone_pool.webhook_events)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call_id uuid := substring(p_event.payload ->> 'room' from '^call-([0-9a-f-]{36})$')::uuid;
begin
  if p_event.event_type = 'room_finished' then
    update phone_pool.intake_calls c
    set room_finished_at = coalesce(c.room_finished_at, phone_pool.happened_at(p_event))
    where c.id = v_call_id and c.status <> 'refused';
    return case when found then 'noted' else 'no such call' end;
  elsif p_event.payload ->> 'identity' = 'callee-' || v_call_id then
    return phone_pool.note_phone_leg(v_call_id, p_event);
  elsif p_event.payload ->> 'kind' = 'agent' and p_event.event_type <> 'participant_joined' then
    update phone_pool.intake_calls c
    set agent_left_at = greatest(c.agent_left_at, phone_pool.happened_at(p_event))
    where c.id = v_call_id and c.dialing_at is not null and c.dial_failed_at is null
      and c.left_at is null and c.room_finished_at is null and c.lost_at is null;
    return case when found then 'agent_left' else 'ignored' end;
  end if;
  return 'ignored';
end
$$;
comment on function phone_pool.act_on_livekit_event(phone_pool.webhook_events) is
  'Does what a stored event of LiveKit asks for, and returns what that was. agent_left: an agent '
  'left while the phone may be up, and whether another one is there has to be looked at.';

create function phone_pool.note_phone_leg(p_call_id uuid, p_event phone_pool.webhook_events)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_joined_at timestamptz := to_timestamp((p_event.payload ->> 'joined_at_ms')::bigint / 1000.0);
  v_at timestamptz := phone_pool.happened_at(p_event);
  v_reason int := (p_event.payload ->> 'disconnect_reason')::int;
  v_call phone_pool.intake_calls;
begin
  update phone_pool.intake_calls c
  set joined_at = coalesce(c.joined_at, v_joined_at, v_at),
    sip_call_id_full = coalesce(c.sip_call_id_full, p_event.payload ->> 'sip_dialog_id')
  where c.id = p_call_id and c.status <> 'refused'
  returning * into v_call;
  if not found then
    return 'no such call';
  end if;
  -- 8 MIGRATION: the leg goes on elsewhere. An aborted connection may be told before the leaving,
  -- or after it; the leaving is what counts.
  if v_reason <> 8 and (p_event.event_type = 'participant_left'
    or p_event.event_type = 'participant_connection_aborted' and v_call.left_at is null)
  then
    update phone_pool.intake_calls c
    set left_at = greatest(v_at, c.joined_at), left_reason = v_reason,
      left_sip_status = p_event.payload ->> 'sip_status'
    where c.id = p_call_id;
    v_call := phone_pool.settle_call(p_call_id);
  end if;
  return v_call.status;
end
$$;
comment on function phone_pool.note_phone_leg(uuid, phone_pool.webhook_events) is
  'Adds what LiveKit tells of the phone leg: when it joined, when and why it left.';

create function phone_pool.find_intake_call(
  p_call text,
  p_organization_id uuid default null,
  p_room_name text default null
)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids uuid[] := array(
    select c.id from phone_pool.intake_calls_named(p_call, p_organization_id, p_room_name) c
    limit 2);
begin
  if cardinality(v_ids) <> 1 then
    perform phone_pool.raise_error('intake_call_not_found', case when v_ids <> '{}'
      then 'several organizations use this intake_id: send organization_id' end);
  end if;
  return v_ids[1];
end
$$;
comment on function phone_pool.find_intake_call(text, uuid, text) is
  'The one call that intake_calls_named() finds. Raises intake_call_not_found.';

create function phone_pool_worker.report_intake_call(
  p_call text,
  p_event text,
  p_outcome text default null,
  p_at timestamptz default null,
  p_organization_id uuid default null,
  p_room_name text default null
)
returns phone_pool.intake_calls
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_call phone_pool.intake_calls;
begin
  select * into strict v_call from phone_pool.intake_calls c
  where c.id = phone_pool.find_intake_call(p_call, p_organization_id, p_room_name) for update;
  if v_call.dialing_at is null then
    perform phone_pool.raise_error('invalid_request', 'the call has not been dialled');
  elsif p_at < v_call.dialing_at - interval '5 seconds' or p_at > v_now + interval '5 seconds' then
    perform phone_pool.raise_error('invalid_request', 'at is not within the call');
  end if;
  -- Told without a time after the call has ended: that it was, but not when.
  p_at := coalesce(p_at, case when v_call.ended_at is null then v_now end);
  if p_event = 'answered' then
    update phone_pool.intake_calls c set answered_at = coalesce(c.answered_at, p_at)
    where c.id = v_call.id;
  elsif p_event = 'ended' and p_outcome is not null then
    update phone_pool.intake_calls c
    set reported_outcome = coalesce(c.reported_outcome, p_outcome),
      reported_ended_at = coalesce(c.reported_ended_at, p_at),
      reported_at = coalesce(c.reported_at, v_now)
    where c.id = v_call.id;
  else
    perform phone_pool.raise_error('invalid_request',
      'p_event is answered, or ended with an outcome');
  end if;
  return phone_pool.settle_call(v_call.id);
end
$$;
comment on function phone_pool_worker.report_intake_call(
  text, text, text, timestamptz, uuid, text) is
  'The agent tells that the patient answered, or how the call ended, at p_at (now, if not given). '
  'p_room_name: only if it is the call of that room. Said again, it changes nothing. Raises '
  'intake_call_not_found, invalid_request. Security definer: see start_intake_call.';
