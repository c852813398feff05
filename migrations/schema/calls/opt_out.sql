-- "Stop calling me", said to the agent or to the clinic about a call. It is never lost because of
-- how the call was named: it counts for every call that may be meant, and for the number alone
-- where no call is found.

create function phone_pool_worker.opt_out_intake_call(
  p_call text,
  p_recorded_by text,
  p_source text default 'patient',
  p_organization_id uuid default null,
  p_room_name text default null,
  p_claims jsonb default null,
  p_phone_number text default null
)
returns phone_pool.do_not_call
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call phone_pool.intake_calls;
  v_organization_id uuid := p_organization_id;
  v_row phone_pool.do_not_call;
begin
  if p_claims is not null then
    perform set_config('request.jwt.claims', p_claims::text, true);
    if phone_pool.may_call(p_organization_id) is not true then
      perform phone_pool.raise_error('not_allowed');
    end if;
  end if;
  for v_call in
    select * from phone_pool.intake_calls_named(p_call, p_organization_id, p_room_name) c
    order by c.id
  loop
    v_organization_id := coalesce(v_organization_id, v_call.organization_id);
    perform public.revoke_consent(
      v_call.organization_id, v_call.patient_id, 'asked not to be called', v_call.callee);
    v_row := public.add_do_not_call(v_call.callee, v_call.organization_id,
      'said so about call ' || v_call.id, p_source, p_recorded_by);
  end loop;
  -- The agent of a room speaks for the organization of its call, however it names the call.
  if v_organization_id is null and p_room_name is not null then
    select c.organization_id into v_organization_id from phone_pool.intake_calls c
    where c.id = phone_pool.call_of_room(p_room_name);
  end if;
  if p_phone_number is not null and p_phone_number is distinct from v_row.phone_number then
    v_row := public.add_do_not_call(p_phone_number, v_organization_id,
      'said so about a call that was named ' || left(p_call, 64), p_source, p_recorded_by);
  end if;
  if v_row.id is null then
    perform phone_pool.raise_error('intake_call_not_found',
      'send phone_number, and the opt-out is recorded all the same');
  end if;
  return v_row;
end
$$;
comment on function phone_pool_worker.opt_out_intake_call(
  text, text, text, uuid, text, jsonb, text) is
  'The patient of this call wants no more of them: the number is suppressed for the organization '
  'at once, for five years, and the consent revoked. Several calls so named: of each. '
  'p_phone_number (E.164) is suppressed even when no call is found; for all organizations when it '
  'is not known for which. p_claims: the user who says so. Raises intake_call_not_found, '
  'not_allowed, invalid_request. Security definer: see start_intake_call.';
