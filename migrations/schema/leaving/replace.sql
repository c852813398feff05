-- A clinic gets another number; the old one rests as if the clinic had left it, and is not given to
-- it again.

create function public.replace_phone_number(
  p_organization_id uuid,
  p_reason text,
  p_area_code text default null
)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_old public.phone_numbers;
  v_new public.phone_numbers;
  v_id uuid;
begin
  if coalesce(p_reason, '') !~ '\S' then
    perform phone_pool.raise_error('invalid_request', 'p_reason is missing');
  end if;
  perform phone_pool.require_area_code(p_area_code);
  perform phone_pool.lock_active_organization(p_organization_id);
  select * into v_old from public.phone_numbers n where n.organization_id = p_organization_id
  for no key update;
  if not found then
    perform phone_pool.raise_error('no_phone_number', p_organization_id::text);
  end if;
  -- The new one first: without one, the organization keeps what it has.
  if not exists (
    select from phone_pool.number_requests r
    where r.failures = 0 and r.organization_id <> p_organization_id
      and (r.area_code is null or p_area_code is null or r.area_code = p_area_code)
  ) then
    v_id := phone_pool.claim_number(p_organization_id, p_area_code);
  end if;
  if v_id is null then
    insert into phone_pool.number_requests as r (organization_id, area_code, wanted_area_code,
      requested_at, replaces, replace_reason)
    values (p_organization_id, p_area_code, p_area_code, phone_pool.clock(), v_old.id, p_reason)
    on conflict (organization_id) do update
    set replaces = excluded.replaces, replace_reason = excluded.replace_reason,
      area_code = excluded.area_code, wanted_area_code = excluded.wanted_area_code;
    perform phone_pool.nudge_planner();
    return v_old;
  end if;
  perform phone_pool.suspend_numbers(
    array[p_organization_id], p_reason, p_is_replaced => true);
  perform phone_pool.assign_numbers(array[p_organization_id], array[v_id]);
  select * into strict v_new from public.phone_numbers n where n.id = v_id;
  perform phone_pool.nudge_planner();
  return v_new;
end
$$;
comment on function public.replace_phone_number(uuid, text, text) is
  'Another number (of p_area_code, three digits, if given) for an organization that has one; the '
  'old one goes into quarantine and never comes back to it. Returns the number that the '
  'organization has then: the old one while none is free, and the other comes when one is '
  'bought. Raises organization_not_found, organization_inactive, no_phone_number, '
  'invalid_request. Security definer: see request_phone_number.';
