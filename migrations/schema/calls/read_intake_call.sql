-- How a call stands, for those who may know: the backend, a user of the organization, the agent of
-- the call's room. And which call it is that somebody names.

create function phone_pool_worker.get_intake_call(p_call_id uuid)
returns phone_pool.intake_calls
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.* from phone_pool.intake_calls c where c.id = p_call_id;
$$;
comment on function phone_pool_worker.get_intake_call(uuid) is
  'The call of that id, for the request that waits for what the first one with its intake_id comes '
  'to. Security definer: see claim_purchases.';

create function phone_pool.call_of_room(p_room_name text)
returns uuid
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select substring(
    p_room_name from '^call-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$')::uuid;
$$;
comment on function phone_pool.call_of_room(text) is
  'The id of the call whose room has this name at LiveKit; null: it is no call''s room.';

create function phone_pool.intake_calls_named(
  p_call text,
  p_organization_id uuid,
  p_room_name text
)
returns setof phone_pool.intake_calls
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := case
    when p_call ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_call::uuid end;
begin
  if p_room_name is not null then
    return query
    select c.* from phone_pool.intake_calls c
    where c.id = phone_pool.call_of_room(p_room_name) and (c.id = v_id or c.intake_id = p_call);
    return;
  elsif p_organization_id is not null then
    return query
    select c.* from phone_pool.intake_calls c
    where c.intake_id = p_call and c.organization_id = p_organization_id and c.status <> 'refused';
    if not found then
      return query
      select c.* from phone_pool.intake_calls c
      where c.id = v_id and c.organization_id = p_organization_id and c.status <> 'refused';
    end if;
    return;
  end if;
  -- Anybody may name a call as another one's id reads: an id is that of its call.
  return query
  select c.* from phone_pool.intake_calls c where c.id = v_id and c.status <> 'refused';
  if not found then
    return query
    select c.* from phone_pool.intake_calls c where c.intake_id = p_call and c.status <> 'refused';
  end if;
end
$$;
comment on function phone_pool.intake_calls_named(text, uuid, text) is
  'The call that somebody means by p_call. The agent of a room (p_room_name): its own call, by id '
  'or intake_id. For an organization: its intake_id, else the id of a call of it. Without either: '
  'an id, else the calls of all organizations with that intake_id. Refused ones are no calls.';

create function phone_pool_worker.read_intake_call(
  p_call text,
  p_organization_id uuid default null,
  p_room_name text default null,
  p_claims jsonb default null
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call phone_pool.intake_calls;
begin
  if p_claims is not null then
    perform set_config('request.jwt.claims', p_claims::text, true);
    if phone_pool.may_call(p_organization_id) is not true then
      perform phone_pool.raise_error('not_allowed');
    end if;
  end if;
  if p_room_name is null and p_organization_id is null then
    perform phone_pool.raise_error('invalid_request', 'organization_id is missing');
  end if;
  select * into v_call
  from phone_pool.intake_calls_named(p_call, p_organization_id, p_room_name) c
  -- All that an agent is told of its call is the id.
  where p_room_name is null or c.id::text = lower(p_call);
  if v_call.id is null then
    perform phone_pool.raise_error('intake_call_not_found');
  end if;
  return jsonb_build_object(
    'call_id', v_call.id,
    'intake_id', v_call.intake_id,
    'organization_id', v_call.organization_id,
    'status', v_call.status,
    'outcome', case when v_call.ended_at is not null then v_call.status end,
    'caller_id', v_call.caller_id,
    'attempt', (
      select count(*) from phone_pool.intake_calls c
      where c.organization_id = v_call.organization_id and c.patient_id = v_call.patient_id
        and c.status <> 'refused' and c.created_at > v_call.created_at - interval '7 days'
        and (c.created_at, c.id) <= (v_call.created_at, v_call.id)),
    'created_at', v_call.created_at,
    'dialing_at', v_call.dialing_at,
    'answered_at', v_call.answered_at,
    'ended_at', v_call.ended_at,
    'metadata', v_call.metadata
  ) || case when p_room_name is not null and (select s.agent_sees_callee from phone_pool.settings s)
    then jsonb_build_object('phone_number', v_call.callee) else '{}' end;
end
$$;
comment on function phone_pool_worker.read_intake_call(text, uuid, text, jsonb) is
  'How a call stands, for the backend or (p_claims) a user, by intake_id or id and organization; '
  'for the agent by id and its room, with the patient''s number only if '
  'settings.agent_sees_callee. outcome is null until it has ended. Raises not_allowed, '
  'invalid_request, intake_call_not_found. Security definer: see claim_purchases.';
