-- The permit to call. Everything is decided in one transaction, with the organization's number
-- locked: who asks, the organization, its number, the destination, do-not-call, consent, calling
-- hours, how often. A refusal is a row like a permit, not an exception, which would undo its own
-- record.
--
-- Lock order: the user (advisory), the number. The number's lock makes an organization's permits
-- wait for one another, so that none overlooks the other's row; and a release waits for the permit.

create function phone_pool.lock_number_of(p_organization_id uuid)
returns public.phone_numbers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number public.phone_numbers;
begin
  -- Twice: a number that was swapped while this waited for its lock is found by a new look only.
  for v_try in 1..2 loop
    select * into v_number from public.phone_numbers n
    where n.organization_id = p_organization_id and n.status = 'assigned'
    for no key update;
    exit when found;
  end loop;
  return v_number;
end
$$;
comment on function phone_pool.lock_number_of(uuid) is
  'Locks and returns the number that the organization holds; null when it holds none.';

create function phone_pool.caller_refusal(
  p_organization_id uuid,
  p_requested_by text,
  p_claims jsonb,
  out code text,
  out retry_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
  if p_claims is not null then
    perform set_config('request.jwt.claims', p_claims::text, true);
    perform pg_advisory_xact_lock(hashtextextended('caller ' || p_requested_by, 0));
    retry_at := phone_pool.user_rate_limit(p_requested_by, phone_pool.clock());
    if retry_at is not null then
      code := 'rate_limited';
      return;
    elsif not phone_pool.may_call(p_organization_id) then
      code := 'not_allowed';
      return;
    end if;
  end if;
  if not exists (select from public.organizations o where o.id = p_organization_id) then
    code := 'organization_not_found';
  end if;
end
$$;
comment on function phone_pool.caller_refusal(uuid, text, jsonb) is
  'Why this caller may not call for this organization: rate_limited, not_allowed or '
  'organization_not_found; nulls when it may. One user''s requests wait for one another here.';

create function phone_pool.is_allowed_destination(p_phone_number text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  -- +1555… is possible though not assigned. N11, toll-free, premium and other service codes:
  -- https://www.nanpa.com/numbering/area-codes
  select p_phone_number ~ '^\+1([2-9][0-9]{2}[2-9][0-9]{6}|555[0-9]{7})$'
    and substr(p_phone_number, 3, 3)
      !~ '^([2-9]11|8(00|22|33|44|55|66|77|88)|900|5(00|21|22|33|44|66|77|88)|600|700|710)$';
$$;
comment on function phone_pool.is_allowed_destination(text) is
  'Whether the number has the form of an ordinary one of the North American plan. What the Edge '
  'Function knows better (which country, which kind of line) it tells by p_destination_refused.';

create function phone_pool.with_circumstances(
  p_call phone_pool.intake_calls,
  p_time_zone text
)
returns phone_pool.intake_calls
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call phone_pool.intake_calls := p_call;
begin
  v_call.consent_id :=
    phone_pool.consent_for(p_call.organization_id, p_call.patient_id, p_call.callee);
  select h.retry_at, h.source, h.local_times
  into v_call.retry_at, v_call.time_zone_source, v_call.local_times
  from phone_pool.calling_hours(p_call.callee, p_time_zone, p_call.created_at) h;
  return v_call;
end
$$;
comment on function phone_pool.with_circumstances(phone_pool.intake_calls, text) is
  'The call with what the record shall say beside the decision: the consent it rests on, the '
  'patient''s local time, and, outside the calling hours, retry_at.';

create function phone_pool.call_refusal(
  p_call phone_pool.intake_calls,
  p_destination_refused boolean,
  out code text,
  out retry_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_status text;
begin
  select o.subscription_status into v_status from public.organizations o
  where o.id = p_call.organization_id;
  if p_call.phone_number_id is not null
    and v_status = any (array(select unnest(s.inactive_statuses) from phone_pool.settings s)) then
    code := 'organization_inactive';
  elsif p_destination_refused or not phone_pool.is_allowed_destination(p_call.callee) then
    code := 'destination_not_allowed';
  elsif p_call.phone_number_id is null then
    code := 'no_phone_number';
    -- The clinic is mute, and should not be without anybody knowing.
    perform phone_pool.raise_alert('own_phone_cannot_call',
      'a call was refused: the organization has a phone of its own and no number of the pool',
      o.id::text)
    from public.organizations o
    where o.id = p_call.organization_id and phone_pool.is_own_phone(o.phone);
  elsif exists (
    select from public.phone_numbers n
    where n.id = p_call.phone_number_id and n.carrier_status = 'gone'
  ) then
    code := 'number_not_active';
    perform phone_pool.raise_alert('number_gone', format(
      '…%s is not in the account any more, and organization %s cannot call',
      right(p_call.caller_id, 4), p_call.organization_id), p_call.phone_number_id::text);
  elsif phone_pool.is_do_not_call(p_call.organization_id, p_call.callee) then
    code := 'do_not_call';
  elsif p_call.consent_id is null
    and (select s.require_consent from phone_pool.settings s) then
    code := 'consent_missing';
  elsif p_call.retry_at is not null then
    code := 'outside_calling_hours';
    retry_at := p_call.retry_at;
  else
    retry_at := phone_pool.patient_limit(
      p_call.organization_id, p_call.patient_id, p_call.callee, p_call.created_at);
    if retry_at is not null then
      code := 'too_many_calls';
    else
      select l.code, l.retry_at into code, retry_at
      from phone_pool.organization_limit(p_call.organization_id, p_call.created_at) l;
    end if;
  end if;
end
$$;
comment on function phone_pool.call_refusal(phone_pool.intake_calls, boolean) is
  'The first rule that forbids this call, and when it would be allowed; nulls when none does.';

create function phone_pool.keep_intake_call(p_call phone_pool.intake_calls, p_code text)
returns phone_pool.intake_calls
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call phone_pool.intake_calls := p_call;
begin
  v_call.status := case when p_code is null then 'queued' else 'refused' end;
  v_call.reason := p_code;
  v_call.ended_at := case when p_code is not null then v_call.created_at end;
  v_call.retry_after_seconds := case when v_call.retry_at is not null then
    greatest(1, ceil(extract(epoch from v_call.retry_at - v_call.created_at)))::int end;
  -- Whoever is over a limit could fill the table with being told so: one such row a minute.
  if p_code = 'rate_limited' and exists (
    select from phone_pool.intake_calls c
    where c.requested_by = v_call.requested_by
      -- A user names any organization; the backend's are the application's own.
      and (v_call.requested_by <> 'secret_key' or c.organization_id = v_call.organization_id)
      and c.reason = 'rate_limited' and c.created_at > v_call.created_at - interval '1 minute'
  ) then
    return v_call;
  end if;
  insert into phone_pool.intake_calls (id, intake_id, organization_id, patient_id, callee,
    phone_number_id, caller_id, status, reason, metadata, request_hash, requested_by, request_id,
    time_zone_source, local_times, consent_id, retry_at, retry_after_seconds, room_name, created_at,
    expires_at, ended_at)
  values (v_call.id, v_call.intake_id, v_call.organization_id, v_call.patient_id, v_call.callee,
    v_call.phone_number_id, v_call.caller_id, v_call.status, v_call.reason, v_call.metadata,
    v_call.request_hash, v_call.requested_by, v_call.request_id, v_call.time_zone_source,
    v_call.local_times, v_call.consent_id, v_call.retry_at, v_call.retry_after_seconds,
    v_call.room_name, v_call.created_at, v_call.expires_at, v_call.ended_at);
  return v_call;
end
$$;
comment on function phone_pool.keep_intake_call(phone_pool.intake_calls, text) is
  'Writes the decision down: a permit, or refused with p_code.';

revoke execute on all functions in schema phone_pool from public;
