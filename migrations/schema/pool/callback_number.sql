-- Where a clinic wants its patients to be put through to who call its number back.

create function public.set_callback_number(p_organization_id uuid, p_phone_number text)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_phone_number text;
  v_refusal text;
begin
  perform phone_pool.lock_active_organization(p_organization_id);
  if p_phone_number is not null then
    select c.phone_number, c.refusal into v_phone_number, v_refusal
    from phone_pool.callback_refusal(p_phone_number) c;
    if v_refusal is not null then
      perform phone_pool.raise_error('destination_not_allowed', v_refusal);
    end if;
  end if;
  perform phone_pool.write_callback_number(p_organization_id, v_phone_number);
  perform phone_pool.nudge('reconcile-carrier/lines');
  return v_phone_number;
end
$$;
comment on function public.set_callback_number(uuid, text) is
  'Calls to the organization''s number are put through to p_phone_number: of the United States, '
  'neither premium nor toll-free, and no number of the pool; null: to settings.callback_default. '
  'Returns it in E.164 form as it stands in settings.callback_number of the organization. Raises '
  'organization_not_found, organization_inactive, destination_not_allowed. Security definer: see '
  'request_phone_number.';

create function phone_pool.write_callback_number(p_organization_id uuid, p_phone_number text)
returns void
language sql
-- See assign_numbers: it fires the application's own triggers on organizations.
set search_path = public, extensions, pg_temp
as $$
  update public.organizations o
  set settings = case when write_callback_number.p_phone_number is null
    then o.settings operator(pg_catalog.-) 'callback_number'
    else pg_catalog.jsonb_set(case
      when pg_catalog.jsonb_typeof(o.settings) operator(pg_catalog.=) 'object' then o.settings
      else '{}' end, '{callback_number}',
      pg_catalog.to_jsonb(write_callback_number.p_phone_number)) end
  where o.id operator(pg_catalog.=) write_callback_number.p_organization_id;
$$;
comment on function phone_pool.write_callback_number(uuid, text) is
  'Writes settings.callback_number of an organization, whose row the caller has locked.';
