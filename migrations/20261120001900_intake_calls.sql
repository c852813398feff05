-- Intake calls: the row is the permit to dial and the audit log.
--
--   queued ──start_intake_call──▶ dialing ──▶ … (later states come from LiveKit)
--      └──▶ failed                    └──▶ failed           refused: never dialled
--
-- The caller ID is read, with the number locked, in the transaction that writes the row, and read
-- again when dialling starts: a number released or swapped in between is never dialled with.

create table phone_pool.intake_calls (
  id uuid not null default gen_random_uuid() constraint intake_calls_pkey primary key,
  intake_id text not null
    constraint intake_calls_intake_id_is_a_token check (intake_id ~ '^[A-Za-z0-9_.:-]{1,64}$'),
  organization_id uuid not null,
  patient_id uuid not null,
  callee text not null constraint intake_calls_callee_is_e164 check (callee ~ '^\+[1-9][0-9]{6,14}$'),
  phone_number_id uuid null
    constraint intake_calls_phone_number_exists references public.phone_numbers (id),
  caller_id text null,
  status text not null
    constraint intake_calls_status_is_known check
      (status in ('queued', 'dialing', 'failed', 'refused')),
  reason text null,
  metadata jsonb not null default '{}',
  request_hash text not null,
  requested_by text not null,
  request_id text null,
  room_name text not null,
  dispatch_id text null,
  sip_call_id text null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  dialing_at timestamptz null,
  ended_at timestamptz null,
  constraint intake_calls_have_a_caller_id check
    (status = 'refused' or (caller_id is not null and phone_number_id is not null)),
  constraint intake_calls_end check ((status in ('failed', 'refused')) = (ended_at is not null)),
  constraint intake_calls_end_for_a_reason check (status not in ('failed', 'refused') or reason is not null)
);
comment on table phone_pool.intake_calls is
  'Every intake call asked for: permit and audit log. Holds patient data: callee, patient_id.';
comment on column phone_pool.intake_calls.organization_id is
  'No foreign key: the record of a call outlives the customer.';
comment on column phone_pool.intake_calls.caller_id is 'The number that the patient sees, E.164.';
comment on column phone_pool.intake_calls.reason is 'Error code of what refused or failed it.';
comment on column phone_pool.intake_calls.metadata is
  'What the caller of intake-calls wants the agent to know. Never sent to LiveKit.';
comment on column phone_pool.intake_calls.request_hash is
  'SHA-256 of the request: the same intake_id with another body is another request.';
comment on column phone_pool.intake_calls.requested_by is 'secret_key, or user:<id>.';
comment on column phone_pool.intake_calls.expires_at is 'After this the permit cannot be used.';

create unique index intake_calls_once_per_intake_id
  on phone_pool.intake_calls (organization_id, intake_id) where status <> 'refused';
create index intake_calls_by_organization
  on phone_pool.intake_calls (organization_id, created_at);
create index intake_calls_by_phone_number on phone_pool.intake_calls (phone_number_id);
alter table phone_pool.intake_calls enable row level security;
grant select on phone_pool.intake_calls to service_role;

create function public.open_intake_call(
  p_organization_id uuid,
  p_patient_id uuid,
  p_phone_number text,
  p_intake_id text,
  p_request_hash text,
  p_metadata jsonb default '{}',
  p_claims jsonb default null,
  p_request_id text default null
)
returns phone_pool.intake_calls
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_call phone_pool.intake_calls;
  v_number public.phone_numbers;
  v_refusal text;
  v_id uuid := gen_random_uuid();
begin
  -- The same request twice at once: the second waits here and finds the first one's row.
  perform pg_advisory_xact_lock(
    hashtextextended('intake ' || p_organization_id || ' ' || p_intake_id, 0));
  if p_claims is not null then
    perform set_config('request.jwt.claims', p_claims::text, true);
  end if;
  if p_claims is not null and not phone_pool.may_call(p_organization_id) then
    v_refusal := 'not_allowed';
  elsif not exists (select from public.organizations o where o.id = p_organization_id) then
    v_refusal := 'organization_not_found';
  else
    select * into v_call from phone_pool.intake_calls c
    where c.organization_id = p_organization_id and c.intake_id = p_intake_id
      and c.status <> 'refused';
    if found then
      if v_call.request_hash <> p_request_hash then
        perform phone_pool.raise_error('intake_id_reused');
      end if;
      return v_call;
    end if;
    select * into v_number from public.phone_numbers n
    where n.organization_id = p_organization_id and n.status = 'assigned'
    for share;
    if not found then
      v_refusal := 'no_phone_number';
    end if;
  end if;
  insert into phone_pool.intake_calls (
    id, intake_id, organization_id, patient_id, callee, phone_number_id, caller_id, status, reason,
    metadata, request_hash, requested_by, request_id, room_name, created_at, expires_at, ended_at
  ) values (
    v_id, p_intake_id, p_organization_id, p_patient_id, p_phone_number, v_number.id,
    v_number.phone_number, case when v_refusal is null then 'queued' else 'refused' end, v_refusal,
    coalesce(p_metadata, '{}'), p_request_hash, coalesce('user:' || (p_claims ->> 'sub'), 'secret_key'), p_request_id,
    'call-' || v_id, v_now, v_now + interval '60 seconds', case when v_refusal is not null then v_now end
  ) returning * into v_call;
  return v_call;
end
$$;
comment on function public.open_intake_call(uuid, uuid, text, text, text, jsonb, jsonb, text) is
  'The permit to call p_phone_number (E.164) once for this organization, with its number as '
  'caller_id. p_claims: the verified JWT of a signed-in user, null for the backend. Refused: a row '
  'with status refused and reason not_allowed, organization_not_found or no_phone_number (a row, '
  'not an exception, which would undo the record of the refusal). The same p_intake_id again: the '
  'first row. Raises intake_id_reused. Security definer: see claim_purchases.';

create function public.start_intake_call(p_call_id uuid)
returns table (caller_id text, callee text, ringing_seconds int, max_call_minutes int)
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  return query
  with started as (
    update phone_pool.intake_calls c
    set status = 'dialing', dialing_at = phone_pool.clock()
    from public.phone_numbers n
    where c.id = p_call_id and c.status = 'queued' and c.expires_at > phone_pool.clock()
      and n.id = c.phone_number_id and n.status = 'assigned'
      and n.organization_id = c.organization_id and n.phone_number = c.caller_id
    returning c.caller_id, c.callee
  )
  select t.caller_id, t.callee, s.ringing_seconds, s.max_call_minutes
  from started t, phone_pool.settings s;
  if not found then
    perform phone_pool.raise_error('permit_expired', 'call ' || p_call_id);
  end if;
end
$$;
comment on function public.start_intake_call(uuid) is
  'Uses the permit, once: whoever gets the row may dial callee, with caller_id. Raises '
  'permit_expired when it was used, is older than 60 s, or the organization no longer has that '
  'number. Security definer: see claim_purchases.';

create function public.get_intake_call(p_call_id uuid)
returns phone_pool.intake_calls
language sql
stable
security definer
set search_path = ''
as $$
  select c.* from phone_pool.intake_calls c where c.id = p_call_id;
$$;
comment on function public.get_intake_call(uuid) is
  'The call of that id: for the agent, who is told nothing but the id. Security definer: see '
  'claim_purchases.';

create function public.record_intake_call(
  p_call_id uuid,
  p_status text,
  p_reason text default null,
  p_dispatch_id text default null,
  p_sip_call_id text default null
)
returns phone_pool.intake_calls
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_call phone_pool.intake_calls;
begin
  update phone_pool.intake_calls c
  set status = p_status, reason = coalesce(p_reason, c.reason),
    dispatch_id = coalesce(p_dispatch_id, c.dispatch_id),
    sip_call_id = coalesce(p_sip_call_id, c.sip_call_id),
    ended_at = case when p_status = 'failed' then phone_pool.clock() else c.ended_at end
  where c.id = p_call_id and c.status in ('queued', 'dialing')
    and p_status in ('queued', 'dialing', 'failed')
  returning * into v_call;
  return v_call;
end
$$;
comment on function public.record_intake_call(uuid, text, text, text, text) is
  'Records how a call goes on: p_status dialing with LiveKit''s ids, or failed with an error code. '
  'Returns the row; null when the call has ended already.';

revoke execute on function
  public.open_intake_call(uuid, uuid, text, text, text, jsonb, jsonb, text),
  public.start_intake_call(uuid),
  public.get_intake_call(uuid),
  public.record_intake_call(uuid, text, text, text, text) from public, anon, authenticated;
grant execute on function
  public.open_intake_call(uuid, uuid, text, text, text, jsonb, jsonb, text),
  public.start_intake_call(uuid),
  public.get_intake_call(uuid),
  public.record_intake_call(uuid, text, text, text, text) to service_role;
