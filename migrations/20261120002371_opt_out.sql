-- "Stop calling me", said to the agent or to the clinic about a call.

create function public.opt_out_intake_call(
  p_call text,
  p_recorded_by text,
  p_source text default 'patient',
  p_organization_id uuid default null,
  p_room_name text default null,
  p_claims jsonb default null
)
returns phone_pool.do_not_call
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_call phone_pool.intake_calls;
begin
  if p_claims is not null then
    perform set_config('request.jwt.claims', p_claims::text, true);
    if not phone_pool.may_call(p_organization_id) then
      perform phone_pool.raise_error('not_allowed');
    end if;
  end if;
  select * into strict v_call from phone_pool.intake_calls c
  where c.id = phone_pool.find_intake_call(p_call, p_organization_id, p_room_name);
  perform public.revoke_consent(
    v_call.organization_id, v_call.patient_id, 'asked not to be called', v_call.callee);
  return public.add_do_not_call(v_call.callee, v_call.organization_id,
    'said so about call ' || v_call.id, p_source, p_recorded_by);
end
$$;
comment on function public.opt_out_intake_call(text, text, text, uuid, text, jsonb) is
  'The patient of this call wants no more of them: the number is suppressed for the organization '
  'at once, for five years, and the consent revoked. p_claims: the user who says so. Raises '
  'intake_call_not_found, not_allowed. Security definer: see start_intake_call.';

revoke execute on function
  public.opt_out_intake_call(text, text, text, uuid, text, jsonb) from public, anon, authenticated;
grant execute on function
  public.opt_out_intake_call(text, text, text, uuid, text, jsonb) to service_role;
