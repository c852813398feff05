-- What became of a call, out of what was told about it. Events come late, twice, in any order or
-- not at all: each only adds its fact, and the state is derived again from all of them. So the same
-- facts give the same end in whatever order they came.
--
-- What LiveKit tells (livekit/sip classifyInviteError, livekit-server signalhandler.go): when the
-- phone leg leaves, a DisconnectReason and the last sip.callStatus, and only both together mean
-- something: CLIENT_INITIATED is a hang-up, a dead carrier or lost audio. It does not tell busy
-- from declined, nor either from a caller ID that the carrier refuses. Who waits for LiveKit's
-- answer to the dial is told the SIP status, and that is the last word; but whoever waits may die.

create function phone_pool.outcome_of_leaving(
  p_call phone_pool.intake_calls,
  out status text,
  out reason text
)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sip text := coalesce(p_call.left_sip_status, '');
  v_was_answered boolean := v_sip in ('active', 'automation', 'hangup');
begin
  if p_call.left_reason in (11, 12) and not v_was_answered then -- USER_UNAVAILABLE, USER_REJECTED
    status := case when p_call.left_reason = 11 then 'no_answer'
      when p_call.reported_outcome = 'busy' then 'busy' else 'declined' end;
    reason := case when p_call.left_reason = 11 then 'user_unavailable' else 'user_rejected' end;
  elsif v_sip = 'hangup' then
    status := 'completed';
  elsif p_call.left_reason in (4, 5, 10) then -- PARTICIPANT_REMOVED, ROOM_DELETED, ROOM_CLOSED
    if v_was_answered or p_call.answered_at is not null then
      status := 'completed';
    else
      status := 'cancelled';
      reason := 'ended_by_us';
    end if;
  elsif p_call.left_reason in (1, 15) and v_was_answered then -- CLIENT_INITIATED, MEDIA_FAILURE
    status := 'failed';
    reason := 'media_timeout';
  elsif p_call.left_reason in (1, 13, 15) and p_call.answered_at is null then -- SIP_TRUNK_FAILURE
    status := 'failed';
    reason := 'carrier_failure';
  -- DUPLICATE_IDENTITY, SERVER_SHUTDOWN, JOIN_FAILURE, SIGNAL_CLOSE, CONNECTION_TIMEOUT,
  -- AGENT_ERROR
  elsif p_call.left_reason in (2, 3, 7, 9, 14, 16) then
    status := 'failed';
    reason := 'infrastructure';
  elsif p_call.reported_outcome is not null then
    status := p_call.reported_outcome;
    reason := 'reported';
  else
    status := 'unknown';
    reason := 'not_told';
  end if;
end
$$;
comment on function phone_pool.outcome_of_leaving(phone_pool.intake_calls) is
  'How a call ended whose phone leg has left the room.';

create function phone_pool.call_outcome(
  p_call phone_pool.intake_calls,
  out status text,
  out reason text,
  out ended_at timestamptz
)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_call.left_at is not null then
    select o.status, o.reason into status, reason from phone_pool.outcome_of_leaving(p_call) o;
    ended_at := p_call.left_at;
  end if;
  -- Dialling failed before LiveKit had the call, so the room was deleted: LiveKit calls that
  -- cancelled. But when its answer was lost only, the patient may have picked up before, and then
  -- that is the truth. After it had the call, cancelled is what somebody did.
  if p_call.dial_sip_status is not null or p_call.dial_outcome is not null and (
    coalesce(status, 'unknown') = 'unknown'
    or status = 'cancelled' and p_call.sip_call_id is null)
  then
    status := p_call.dial_outcome;
    reason := p_call.dial_error;
    ended_at := coalesce(ended_at, p_call.dial_failed_at);
  elsif status is null and p_call.reported_outcome is not null then
    status := p_call.reported_outcome;
    reason := 'reported';
    ended_at := coalesce(p_call.reported_ended_at, p_call.reported_at);
  elsif status is null and p_call.lost_at is not null then
    status := 'unknown';
    reason := 'outcome_unknown';
    ended_at := coalesce(p_call.room_finished_at, p_call.lost_at);
  elsif status is null then
    status := case when p_call.answered_at is not null then 'answered'
      when p_call.dialing_at is not null then 'dialing' else 'queued' end;
  end if;
end
$$;
comment on function phone_pool.call_outcome(phone_pool.intake_calls) is
  'Where a call stands, by all that is known of it.';

create function phone_pool.settle_call(p_call_id uuid)
returns phone_pool.intake_calls
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call phone_pool.intake_calls;
begin
  -- The caller has just added a fact, and so holds the row's lock.
  select * into strict v_call from phone_pool.intake_calls c where c.id = p_call_id;
  update phone_pool.intake_calls c
  set status = o.status, reason = o.reason, ended_at = o.ended_at
  from phone_pool.call_outcome(v_call) o
  where c.id = p_call_id
  returning c.* into v_call;
  return v_call;
end
$$;
comment on function phone_pool.settle_call(uuid) is
  'Derives status, reason and ended_at again. To be called right after a fact was added.';

revoke execute on all functions in schema phone_pool from public;
