-- What became of a call, out of what was told about it. Events come late, twice, in any order or
-- not at all: each only adds its fact, and the state is derived again from all of them. So the same
-- facts give the same end in whatever order they came.
--
-- Who is believed, the surest first:
--   1. LiveKit's answer to the dial, where it is final: a SIP status, or a call that could not be
--      used (dial_is_final). The function that waits for it may die, so it is not always there.
--   2. What the phone leg did, where that leaves no doubt: it never was answered.
--   3. The agent, who alone knows a mailbox from a patient and a patient from somebody else.
--   4. Why we hung up (hang_up_reason), then what the room's closing suggests.
--
-- What LiveKit tells (livekit/sip classifyInviteError, livekit-server signalhandler.go): when the
-- phone leg leaves, a DisconnectReason and the last sip.callStatus, and only both together mean
-- something: CLIENT_INITIATED is a hang-up, a dead carrier or lost audio. It does not tell busy
-- from declined, nor either from a caller ID or a password that the carrier refuses.

create function phone_pool.was_answered(p_call phone_pool.intake_calls)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select p_call.dial_answered_at is not null
    or coalesce(p_call.left_sip_status in ('active', 'automation', 'hangup'), false);
$$;
comment on function phone_pool.was_answered(phone_pool.intake_calls) is
  'Whether LiveKit says that the phone was answered.';

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
  v_was_answered boolean := phone_pool.was_answered(p_call);
begin
  if p_call.left_reason in (11, 12) and not v_was_answered then -- USER_UNAVAILABLE, USER_REJECTED
    status := case when p_call.left_reason = 11 then 'no_answer' else 'declined' end;
    reason := case when p_call.left_reason = 11 then 'user_unavailable' else 'user_rejected' end;
  elsif p_call.left_sip_status = 'hangup' then
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
  else
    status := 'unknown';
    reason := 'not_told';
  end if;
end
$$;
comment on function phone_pool.outcome_of_leaving(phone_pool.intake_calls) is
  'What the leaving of the phone leg suggests by itself.';

create function phone_pool.believed_report(p_call phone_pool.intake_calls)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select p_call.reported_outcome
  where p_call.left_at is null
    or phone_pool.was_answered(p_call)
    or case
      -- LiveKit is sure that the patient was not reached, but not of why: see outcome_of_leaving().
      when p_call.left_reason = 11 then false
      when p_call.left_reason = 12 then p_call.reported_outcome in ('busy', 'declined', 'no_answer')
      when p_call.left_reason in (1, 13, 15) then p_call.answered_at is not null
      else p_call.answered_at is not null
        or p_call.reported_outcome not in ('completed', 'voicemail', 'wrong_person')
    end;
$$;
comment on function phone_pool.believed_report(phone_pool.intake_calls) is
  'The outcome that the agent reported, unless what LiveKit told of the phone rules it out.';

create function phone_pool.outcome_of_hanging_up(
  p_call phone_pool.intake_calls,
  out status text,
  out reason text
)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select
    coalesce(phone_pool.believed_report(p_call), case
      when p_call.hang_up_reason = 'max_call_minutes'
        and (phone_pool.was_answered(p_call) or p_call.answered_at is not null) then 'completed'
      else 'failed' end),
    p_call.hang_up_reason;
$$;
comment on function phone_pool.outcome_of_hanging_up(phone_pool.intake_calls) is
  'How a call ended that we hung up for hang_up_reason. Whether an agent that left had done its '
  'work nobody can tell but the agent: without its report the call has failed.';

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
declare
  v_report text := phone_pool.believed_report(p_call);
begin
  ended_at := p_call.left_at;
  if p_call.dial_is_final then
    status := p_call.dial_outcome;
    reason := p_call.dial_error;
    ended_at := coalesce(ended_at, p_call.dial_failed_at);
  elsif p_call.left_at is not null then
    select o.status, o.reason into status, reason from phone_pool.outcome_of_leaving(p_call) o;
    if p_call.hang_up_at is not null and p_call.left_reason in (4, 5, 10) then
      select o.status, o.reason into status, reason
      from phone_pool.outcome_of_hanging_up(p_call) o;
    elsif v_report is distinct from status and v_report is not null then
      status := v_report;
      reason := 'reported';
    -- Dialling failed before LiveKit had the call, so the room was deleted: LiveKit calls that
    -- cancelled. But when its answer was lost only, the patient may have picked up before, and then
    -- that is the truth. After it had the call, cancelled is what somebody did.
    elsif p_call.dial_outcome is not null
      and (status = 'unknown' or status = 'cancelled' and p_call.sip_call_id is null) then
      status := p_call.dial_outcome;
      reason := p_call.dial_error;
    end if;
  elsif p_call.dial_outcome is not null then
    status := p_call.dial_outcome;
    reason := p_call.dial_error;
    ended_at := p_call.dial_failed_at;
  elsif p_call.hang_up_at is not null and p_call.lost_at is not null then
    select o.status, o.reason into status, reason from phone_pool.outcome_of_hanging_up(p_call) o;
    ended_at := coalesce(p_call.room_finished_at, p_call.lost_at);
  elsif v_report is not null then
    status := v_report;
    reason := 'reported';
    ended_at := coalesce(p_call.reported_ended_at, p_call.reported_at);
  elsif p_call.lost_at is not null then
    status := 'unknown';
    reason := 'outcome_unknown';
    ended_at := coalesce(p_call.room_finished_at, p_call.lost_at);
  else
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
