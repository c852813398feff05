-- What applications and admins do with numbers. Executable by service_role only; security definer,
-- because service_role changes the pool by these functions and not by writing rows. Each may be
-- called in a transaction of the application's own that lasts: it writes rows of the organization
-- that it is about, and nudges.

create function phone_pool.require_area_code(p_area_code text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_area_code is not null and not phone_pool.is_area_code(p_area_code) then
    perform phone_pool.raise_error('invalid_request',
      'p_area_code is an area code of the United States, three digits such as 415');
  end if;
end
$$;
comment on function phone_pool.require_area_code(text) is
  'Raises invalid_request unless it is an area code of the United States, or null.';

create function phone_pool.lock_active_organization(p_organization_id uuid)
returns public.organizations
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_organization public.organizations;
begin
  select * into v_organization from public.organizations o where o.id = p_organization_id
  for no key update;
  if not found then
    perform phone_pool.raise_error('organization_not_found', p_organization_id::text);
  elsif v_organization.subscription_status =
    any (array(select unnest(s.inactive_statuses) from phone_pool.settings s)) then
    perform phone_pool.raise_error('organization_inactive', v_organization.subscription_status);
  end if;
  return v_organization;
end
$$;
comment on function phone_pool.lock_active_organization(uuid) is
  'Locks and returns the organization. Raises organization_not_found, organization_inactive.';

create function public.register_organization(p_organization jsonb)
returns public.organizations
language plpgsql
-- As the caller, whose row security and whose triggers apply; these expect the application's path.
set search_path = public, extensions, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_unknown text;
  v_id uuid;
  v_organization public.organizations;
begin
  if (pg_catalog.jsonb_typeof(p_organization) operator(pg_catalog.=) 'object') is not true then
    raise exception using errcode = 'PP005', message = 'The request is not valid',
      detail = 'p_organization is an object of columns and values';
  end if;
  select pg_catalog.string_agg(k.name, ', ') into v_unknown
  from pg_catalog.jsonb_object_keys(p_organization) as k (name)
  where not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid operator(pg_catalog.=) 'public.organizations'::pg_catalog.regclass
      and a.attname operator(pg_catalog.=) k.name and a.attnum operator(pg_catalog.>) 0
      and not a.attisdropped);
  if v_unknown is not null then
    raise exception using errcode = 'PP005', message = 'The request is not valid',
      detail = pg_catalog.concat('organizations has no column ', v_unknown);
  end if;
  -- Not strict: a trigger of the application may keep the row out.
  if p_organization operator(pg_catalog.=) '{}' then
    insert into public.organizations default values returning id into v_id;
  else
    execute pg_catalog.format('insert into public.organizations (%1$s) select %1$s '
      'from pg_catalog.jsonb_populate_record(null::public.organizations, $1) returning id', (
        select pg_catalog.string_agg(pg_catalog.quote_ident(k.name), ', ')
        from pg_catalog.jsonb_object_keys(p_organization) as k (name)))
    into v_id using p_organization;
  end if;
  -- Read again: RETURNING shows the row as it was before the trigger had given it its number.
  select o.* into v_organization from public.organizations o
  where o.id operator(pg_catalog.=) v_id;
  return v_organization;
end
$$;
comment on function public.register_organization(jsonb) is
  'Inserts an organization with exactly the columns given and returns its row with its phone; '
  'phone null: it waits for a number. Null where a trigger of the application does not let the '
  'row in. Runs as the caller: grants and row security of organizations apply. Raises '
  'invalid_request (PP005) for an unknown column, and whatever the insert raises.';

create function public.request_phone_number(
  p_organization_id uuid,
  p_area_code text default null,
  p_replace_own boolean default false
)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_organization public.organizations;
  v_number public.phone_numbers;
begin
  perform phone_pool.require_area_code(p_area_code);
  v_organization := phone_pool.lock_active_organization(p_organization_id);
  select * into v_number from public.phone_numbers n where n.organization_id = p_organization_id;
  if found then
    return v_number;
  elsif phone_pool.is_own_phone(v_organization.phone) then
    -- A number that it brought is not overwritten, unless that is what is asked for.
    if not coalesce(p_replace_own, false) then
      perform phone_pool.raise_error('has_own_phone', p_organization_id::text);
    end if;
    perform phone_pool.show_phones(array[p_organization_id], array[null::text]);
  end if;
  delete from phone_pool.organizations_without_number w
  where w.organization_id = p_organization_id;
  if not phone_pool.give_number(p_organization_id, p_area_code) then
    return null;
  end if;
  select * into strict v_number from public.phone_numbers n
  where n.organization_id = p_organization_id;
  return v_number;
end
$$;
comment on function public.request_phone_number(uuid, text, boolean) is
  'A number for an existing organization: the one it has, else the one that it gave up and that '
  'still rests, else one from the pool (of p_area_code, three digits, if given), else null and the '
  'organization waits while one is bought. p_replace_own: also instead of a phone that it brought. '
  'Raises organization_not_found, organization_inactive, has_own_phone, invalid_request. Security '
  'definer: service_role changes the pool by functions only.';
