-- The steps of the worker that dials (the Edge Function intake-calls):
--
--   start_intake_call    uses the permit, once; without it there is no caller ID to dial with
--   record_intake_call   LiveKit has the call; or it could not be dialled, and the room is deleted;
--                        later, if it could be waited for, what LiveKit's answer was: answered, or
--                        how the carrier refused it
--
-- Each is compare-and-set on the row: a late one changes nothing.

create function phone_pool_worker.start_intake_call(p_call_id uuid)
returns table (
  caller_id text,
  callee text,
  ringing_seconds int,
  max_call_minutes int,
  media_encryption text
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call phone_pool.intake_calls;
begin
  perform phone_pool.require_read_committed();
  if exists (
    select from phone_pool.intake_calls c
    where c.id = p_call_id and phone_pool.is_do_not_call(c.organization_id, c.callee)
  ) then
    perform phone_pool.raise_error('do_not_call');
  end if;
  -- Locked until the permit is used: a release under way is waited for, and then seen.
  perform from public.phone_numbers n
  where n.id = (select c.phone_number_id from phone_pool.intake_calls c where c.id = p_call_id)
  for share;
  update phone_pool.intake_calls c
  set status = 'dialing', dialing_at = phone_pool.clock()
  from public.phone_numbers n
  where c.id = p_call_id and c.status = 'queued' and c.expires_at > phone_pool.clock()
    and n.id = c.phone_number_id and n.status = 'assigned'
    and n.carrier_status is distinct from 'gone'
    and n.organization_id = c.organization_id and n.phone_number = c.caller_id
  returning c.* into v_call;
  if not found then
    perform phone_pool.raise_error('permit_expired', 'call ' || p_call_id);
  end if;
  perform phone_pool.note_callee(v_call.phone_number_id, v_call.callee);
  return query
  select v_call.caller_id, v_call.callee, s.ringing_seconds, s.max_call_minutes,
    s.media_encryption
  from phone_pool.settings s;
end
$$;
comment on function phone_pool_worker.start_intake_call(uuid) is
  'Uses the permit, once: the caller that gets the row may dial callee, with caller_id. Raises '
  'permit_expired when it was used, is older than 60 s, or the organization no longer has that '
  'number; do_not_call when the patient has said so since. Security definer: service_role moves '
  'calls by these steps, not by writing rows.';

create function phone_pool_worker.record_intake_call(
  p_call_id uuid,
  p_status text,
  p_reason text default null,
  p_dispatch_id text default null,
  p_sip_call_id text default null,
  p_failure text default null,
  p_sip_status int default null,
  p_at timestamptz default null,
  p_is_final boolean default false,
  p_redress_url text default null
)
returns phone_pool.intake_calls
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call phone_pool.intake_calls;
begin
  if p_status = 'dialing' then
    -- The phone leg may have left already: what that meant stays.
    update phone_pool.intake_calls c
    set dispatch_id = coalesce(c.dispatch_id, p_dispatch_id),
      sip_call_id = coalesce(c.sip_call_id, p_sip_call_id),
      -- Who records this looks after the call for two minutes.
      checked_at = coalesce(c.checked_at, phone_pool.clock())
    where c.id = p_call_id and c.dialing_at is not null and c.dial_failed_at is null
    returning * into v_call;
  elsif p_status = 'answered' then
    -- More exact than what an agent has reported or will: it takes its place.
    p_at := least(p_at, phone_pool.clock());
    update phone_pool.intake_calls c
    set dial_answered_at = greatest(p_at, c.dialing_at),
      answered_at = greatest(p_at, c.dialing_at)
    where c.id = p_call_id and c.dialing_at is not null and c.dial_answered_at is null;
    if found then
      v_call := phone_pool.settle_call(p_call_id);
    end if;
  elsif p_status in ('failed', 'busy', 'declined', 'blocked', 'no_answer') then
    update phone_pool.intake_calls c
    set dial_outcome = p_status, dial_error = p_reason, dial_failure = p_failure,
      dial_sip_status = p_sip_status, dial_is_final = p_is_final or p_sip_status is not null,
      redress_url = p_redress_url, dial_failed_at = phone_pool.clock()
    where c.id = p_call_id and c.dial_failed_at is null and c.dial_answered_at is null
      and c.status <> 'refused'
    returning * into v_call;
    if found then
      v_call := phone_pool.settle_call(p_call_id);
    end if;
  end if;
  return v_call;
end
$$;
comment on function phone_pool_worker.record_intake_call(
  uuid, text, text, text, text, text, int, timestamptz, boolean, text) is
  'Records how dialling went. p_status dialing: LiveKit has the call, under these ids. answered: '
  'the patient answered, at p_at. failed, busy, declined, blocked or no_answer: it could not be '
  'dialled, or the carrier answered p_sip_status, with the error code p_reason and, in p_failure, '
  'what was said, without numbers. p_is_final: LiveKit is certain that there is no call. '
  'p_redress_url: where a block can be contested. Each is recorded once. Returns the row; null '
  'when nothing was to record. Security definer: see start_intake_call.';
