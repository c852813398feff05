-- The door to the permit, and to the record that it becomes; the rules are in 20261120002320 to
-- 20261120002340.

create function public.open_intake_call(
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
set jit = off
as $$
declare
  v_call phone_pool.intake_calls;
  v_first phone_pool.intake_calls;
  v_number public.phone_numbers;
  v_code text;
  v_is_stranger boolean;
begin
  if p_time_zone is not null and not phone_pool.is_us_time_zone(p_time_zone) then
    perform phone_pool.raise_error('invalid_request',
      'time_zone is the IANA name of a time zone of the United States, such as America/Denver');
  end if;
  v_call.requested_by := case when p_claims is null then 'secret_key'
    else 'user:' || coalesce(p_claims ->> 'sub', '') end;
  select r.code, r.retry_at, r.is_stranger into v_code, v_call.retry_at, v_is_stranger
  from phone_pool.caller_refusal(p_organization_id, v_call.requested_by, p_claims) r;
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
    v_call := phone_pool.with_circumstances(v_call, p_time_zone);
    select r.code, r.detail, r.retry_at into v_code, v_call.reason_detail, v_call.retry_at
    from phone_pool.call_refusal(v_call) r;
  end if;
  return phone_pool.keep_intake_call(v_call, v_code);
end
$$;
comment on function public.open_intake_call(
  uuid, uuid, text, text, text, jsonb, jsonb, text, text) is
  'The permit to call p_phone_number (E.164) once, within 60 s, for this organization, with its '
  'number as caller_id. p_claims: the verified JWT of a signed-in user, null for the backend. '
  'p_time_zone: the patient''s own; of a user it only narrows the hours. Refused: a row with '
  'status refused, the error code as reason, reason_detail in words and, where waiting helps, '
  'retry_at and retry_after_seconds. The same p_intake_id again: the first row; with another '
  'request: refused as intake_id_reused. Raises invalid_request. Security definer: see '
  'claim_purchases.';

create function public.get_intake_call(p_call_id uuid)
returns phone_pool.intake_calls
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  select c.* from phone_pool.intake_calls c where c.id = p_call_id;
$$;
comment on function public.get_intake_call(uuid) is
  'The call of that id, for the request that waits for what the first one with its intake_id comes '
  'to. Security definer: see claim_purchases.';
revoke execute on all functions in schema phone_pool from public;

revoke execute on function
  public.open_intake_call(uuid, uuid, text, text, text, jsonb, jsonb, text, text),
  public.get_intake_call(uuid) from public, anon, authenticated;
grant execute on function
  public.open_intake_call(uuid, uuid, text, text, text, jsonb, jsonb, text, text),
  public.get_intake_call(uuid) to service_role;
