-- The permit to call. Everything is decided in one transaction, with the organization's number
-- locked: who asks, the organization, its number, the destination, do-not-call, consent, calling
-- hours, how often. A refusal is a row like a permit, not an exception, which would undo its own
-- record.
--
-- Lock order: the user (caller_requests), the number. The number's lock makes an organization's
-- permits wait for one another, so that none overlooks the other's row; and a release waits for the
-- permit.

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

create function phone_pool.check_requester(
  p_organization_id uuid,
  p_requested_by text,
  p_claims jsonb,
  out code text,
  out retry_at timestamptz,
  out is_stranger boolean
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
  is_stranger := false;
  if not phone_pool.is_own_project() then
    code := 'copied_database';
    return;
  end if;
  if p_claims is not null then
    perform set_config('request.jwt.claims', p_claims::text, true);
    retry_at := phone_pool.count_request(p_requested_by);
    is_stranger := phone_pool.may_call(p_organization_id) is not true;
    code := case when retry_at is not null then 'rate_limited'
      when is_stranger then 'not_allowed' end;
    if code is not null then
      return;
    end if;
  end if;
  if not exists (select from public.organizations o where o.id = p_organization_id) then
    code := 'organization_not_found';
  end if;
end
$$;
comment on function phone_pool.check_requester(uuid, text, jsonb) is
  'Why this caller may not call for this organization: copied_database, rate_limited, '
  'not_allowed or organization_not_found; nulls when it may. is_stranger: it is not the user''s '
  'organization. One user''s requests wait for one another here.';

create function phone_pool.add_call_context(
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
  from phone_pool.calling_hours(
    p_call.callee, p_time_zone, p_call.created_at, p_call.requested_by <> 'secret_key') h;
  return v_call;
end
$$;
comment on function phone_pool.add_call_context(phone_pool.intake_calls, text) is
  'The call with what the record shall say beside the decision: the consent it rests on, the '
  'patient''s local time, and, outside the calling hours, retry_at.';

create function phone_pool.check_call_rules(
  p_call phone_pool.intake_calls,
  out code text,
  out detail text,
  out retry_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_status text;
  v_destination text := phone_pool.destination_refusal(p_call.callee);
begin
  select o.subscription_status into v_status from public.organizations o
  where o.id = p_call.organization_id;
  if p_call.phone_number_id is not null
    and v_status = any (array(select unnest(s.inactive_statuses) from phone_pool.settings s)) then
    code := 'organization_inactive';
  elsif v_destination is not null then
    code := 'destination_not_allowed';
    detail := v_destination;
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
  elsif phone_pool.is_in_call(
    p_call.organization_id, p_call.patient_id, p_call.callee, p_call.created_at) then
    code := 'patient_in_call';
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
comment on function phone_pool.check_call_rules(phone_pool.intake_calls) is
  'The first rule that forbids this call, what exactly of it, and when it would be allowed; nulls '
  'when none does.';

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
  if p_code is not null then
    v_call.metadata := '{}';
  end if;
  v_call.ended_at := case when p_code is not null then v_call.created_at end;
  v_call.retry_after_seconds := case when v_call.retry_at is not null then
    greatest(1, ceil(extract(epoch from v_call.retry_at - v_call.created_at)))::int end;
  -- A request that is over a limit, or of a stranger, could fill the table: one such row a minute
  -- and asker. A reused intake_id has its row already.
  if p_code = 'intake_id_reused' or p_code = 'rate_limited' and v_call.organization_id is null
    or p_code in ('rate_limited', 'not_allowed') and exists (
      select from phone_pool.intake_calls c
      where c.requested_by = v_call.requested_by
        -- A user names any organization; the backend's are the application's own.
        and (v_call.requested_by <> 'secret_key' or c.organization_id = v_call.organization_id)
        and c.reason = p_code and c.created_at > v_call.created_at - interval '1 minute')
  then
    return v_call;
  end if;
  insert into phone_pool.intake_calls (id, intake_id, organization_id, patient_id, callee,
    phone_number_id, caller_id, status, reason, reason_detail, metadata, request_hash, requested_by,
    request_id, time_zone_source, local_times, consent_id, retry_at, retry_after_seconds,
    agent_wait_seconds, room_name, created_at, expires_at, ended_at)
  values (v_call.id, v_call.intake_id, v_call.organization_id, v_call.patient_id, v_call.callee,
    v_call.phone_number_id, v_call.caller_id, v_call.status, v_call.reason, v_call.reason_detail,
    v_call.metadata, v_call.request_hash, v_call.requested_by, v_call.request_id,
    v_call.time_zone_source, v_call.local_times, v_call.consent_id, v_call.retry_at,
    v_call.retry_after_seconds, v_call.agent_wait_seconds, v_call.room_name, v_call.created_at,
    v_call.expires_at,
    v_call.ended_at);
  return v_call;
end
$$;
comment on function phone_pool.keep_intake_call(phone_pool.intake_calls, text) is
  'Writes the decision down: a permit, or refused with p_code; what a limit or a stranger causes, '
  'once a minute.';

-- The door to the permit, and to the record that it becomes. A limit counts what others have
-- committed meanwhile, which a snapshot from before does not show: so read committed only,
-- which is what the workers' steps are called at (see worker_steps).

create function phone_pool.require_read_committed()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform phone_pool.raise_error('wrong_isolation');
  end if;
end
$$;
comment on function phone_pool.require_read_committed() is
  'Raises wrong_isolation in a transaction whose snapshot is older than its last statement.';

create function phone_pool_worker.open_intake_call(
  p_organization_id uuid,
  p_patient_id uuid,
  p_phone_number text,
  p_intake_id text,
  p_request_hash text,
  p_metadata jsonb default '{}',
  p_claims jsonb default null,
  p_request_id text default null,
  p_time_zone text default null
)
returns phone_pool.intake_calls
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call phone_pool.intake_calls;
  v_first phone_pool.intake_calls;
  v_number public.phone_numbers;
  v_code text;
  v_is_stranger boolean;
begin
  perform phone_pool.require_read_committed();
  if p_time_zone is not null and not phone_pool.is_us_time_zone(p_time_zone) then
    perform phone_pool.raise_error('invalid_request',
      'time_zone is the IANA name of a time zone of the United States, such as America/Denver');
  end if;
  v_call.requested_by := case when p_claims is null then 'secret_key'
    else 'user:' || coalesce(p_claims ->> 'sub', '') end;
  select r.code, r.retry_at, r.is_stranger into v_code, v_call.retry_at, v_is_stranger
  from phone_pool.check_requester(p_organization_id, v_call.requested_by, p_claims) r;
  if v_code is null then
    v_number := phone_pool.lock_number_of(p_organization_id);
    select * into v_first from phone_pool.intake_calls c
    where c.intake_id = p_intake_id and c.organization_id = p_organization_id
      and c.status <> 'refused';
    if v_first.request_hash <> p_request_hash then
      v_code := 'intake_id_reused';
    elsif v_first.id is not null then
      return v_first;
    end if;
  end if;

  v_call.id := gen_random_uuid();
  v_call.intake_id := p_intake_id;
  v_call.organization_id := p_organization_id;
  v_call.patient_id := p_patient_id;
  v_call.callee := p_phone_number;
  v_call.phone_number_id := v_number.id;
  v_call.caller_id := v_number.phone_number;
  v_call.metadata := coalesce(p_metadata, '{}');
  v_call.request_hash := p_request_hash;
  v_call.request_id := p_request_id;
  v_call.room_name := 'call-' || v_call.id;
  select s.agent_wait_seconds into strict v_call.agent_wait_seconds from phone_pool.settings s;
  -- After the locks: time spent waiting for them must not count as passed.
  v_call.created_at := phone_pool.clock();
  v_call.expires_at := v_call.created_at + interval '60 seconds';
  if v_is_stranger then
    -- What strangers send is theirs: nothing of it, not even whose it was, is kept.
    v_call.intake_id := v_call.id;
    v_call.organization_id := null;
    v_call.patient_id := null;
    v_call.callee := null;
    v_call.request_hash := '';
  elsif v_code is null then
    v_call := phone_pool.add_call_context(v_call, p_time_zone);
    select r.code, r.detail, r.retry_at into v_code, v_call.reason_detail, v_call.retry_at
    from phone_pool.check_call_rules(v_call) r;
  end if;
  return phone_pool.keep_intake_call(v_call, v_code);
end
$$;
comment on function phone_pool_worker.open_intake_call(
  uuid, uuid, text, text, text, jsonb, jsonb, text, text) is
  'The permit to call p_phone_number (E.164) once, within 60 s, for this organization, with its '
  'number as caller_id. p_claims: the verified JWT of a signed-in user, null for the backend. '
  'p_time_zone: the patient''s own; of a user it only narrows the hours. Refused: a row with '
  'status refused, the error code as reason, reason_detail in words and, where waiting helps, '
  'retry_at and retry_after_seconds. The same p_intake_id again: the first row; with another '
  'request: refused as intake_id_reused. Raises invalid_request, wrong_isolation. Security '
  'definer: see claim_purchases.';
