-- A number comes in: bought, imported, or found in the account. Before it joins the pool, one looks
-- whose it is: a number whose digits stand as an organization's phone is that organization's. It is
-- assigned to it, or held back, and never given to another.

create function phone_pool.is_own_phone(p_phone text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(phone_pool.phone_digits(p_phone), '') <> '' and not exists (
    select from public.phone_numbers n
    where n.phone_number = '+1' || phone_pool.phone_digits(p_phone) and n.status <> 'released'
      and n.suspended_until is distinct from 'infinity');
$$;
comment on function phone_pool.is_own_phone(text) is
  'Whether p_phone is one that an organization brought: it has digits, and they are of no number '
  'of the pool but for one that is held back, which may be so because this organization shows it.';

create function phone_pool.organizations_showing(p_phone_number text)
returns uuid[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- Reads all organizations, which are the application's and have no index for it: only for what is
  -- as rare as a purchase.
  select array(
    select o.id from public.organizations o
    where phone_pool.may_show(o.phone, organizations_showing.p_phone_number)
    order by o.id limit 2);
$$;
comment on function phone_pool.organizations_showing(text) is
  'The organizations, two at most, in whose phone the digits of this number stand: see may_show.';

create function phone_pool.hold_back_if_shown(p_phone_number_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_showing uuid[];
begin
  select phone_pool.organizations_showing(n.phone_number) into strict v_showing
  from public.phone_numbers n where n.id = p_phone_number_id;
  if v_showing = '{}' then
    return false;
  end if;
  perform phone_pool.hold_back_number(p_phone_number_id, 'shown by organization ' || v_showing[1]);
  return true;
end
$$;
comment on function phone_pool.hold_back_if_shown(uuid) is
  'Holds a free number back if an organization shows it. Returns whether it did. Reads all '
  'organizations: for a number that could not be written.';

create function phone_pool.take_in_number(
  p_phone_number_id uuid,
  p_bought_for uuid default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_showing uuid[];
  v_is_free boolean;
begin
  select phone_pool.organizations_showing(n.phone_number) into strict v_showing
  from public.phone_numbers n where n.id = p_phone_number_id;
  perform from public.organizations o where o.id = v_showing[1] for no key update skip locked;
  v_is_free := found and exists (
    select from public.organizations o, phone_pool.settings s
    where o.id = v_showing[1] and coalesce(o.subscription_status, '') <> all (s.inactive_statuses)
      -- Beside another phone it is not taken for the only one, and not written over it.
      and phone_pool.phone_digits(o.phone) = (
        select phone_pool.phone_digits(n.phone_number) from public.phone_numbers n
        where n.id = p_phone_number_id)
      and not exists (select from public.phone_numbers n where n.organization_id = o.id));
  if cardinality(v_showing) = 1 and v_is_free then
    begin
      delete from phone_pool.number_requests r where r.organization_id = v_showing[1];
      delete from phone_pool.organizations_without_number w
      where w.organization_id = v_showing[1];
      perform phone_pool.assign_numbers(v_showing, array[p_phone_number_id]);
    exception
      when serialization_failure then
        raise;
      when others then
        -- Ours all the same: what was bought must not stay out of the books.
        raise warning 'phone_pool could not assign the number that an organization shows: %',
          sqlerrm;
        perform phone_pool.hold_back_number(p_phone_number_id,
          format('it could not be written to organization %s, which shows it', v_showing[1]));
    end;
  elsif cardinality(v_showing) > 0 then
    perform phone_pool.hold_back_if_shown(p_phone_number_id);
  else
    perform phone_pool.serve_with_number(p_phone_number_id, p_bought_for);
  end if;
end
$$;
comment on function phone_pool.take_in_number(uuid, uuid) is
  'A free number that has just come in goes to the organization that shows it; shown by one that '
  'cannot have it, or by two, it is held back; else it goes to the organization that it was bought '
  'for, the oldest that waits and that it suits, or into the pool.';

create function phone_pool.serve_with_number(p_phone_number_id uuid, p_organization_id uuid)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_now timestamptz := phone_pool.clock();
  v_request record;
  v_problem text;
begin
  -- The organization that it was bought for comes first, unless a client has its row.
  select r.id, r.replaces into v_request
  from phone_pool.number_requests r
  join public.organizations o on o.id = r.organization_id
  where r.organization_id = p_organization_id
    and (phone_pool.phone_digits(o.phone) is null or r.replaces is not null)
  for update of r skip locked for no key update of o skip locked;
  if not found then
    select r.id, r.replaces into v_request
    from phone_pool.number_requests r
    join public.organizations o on o.id = r.organization_id
    join public.phone_numbers n on n.id = p_phone_number_id
    where (phone_pool.phone_digits(o.phone) is null or r.replaces is not null)
      and coalesce(r.not_before <= v_now, true)
      and (r.area_code is null or r.area_code = n.area_code)
      and not phone_pool.is_unwelcome(r.organization_id, n.id)
    order by r.id
    limit 1
    for update of r skip locked for no key update of o skip locked;
  end if;
  if v_request.id is not null and phone_pool.lock_replaced_number(v_request.replaces) then
    v_problem := phone_pool.serve_request(v_request.id, p_phone_number_id);
    if v_problem is not null then
      perform phone_pool.note_failed_request(v_request.id, p_phone_number_id, v_problem);
    end if;
  end if;
end
$$;
comment on function phone_pool.serve_with_number(uuid, uuid) is
  'Gives a free number that has just come in to the organization that it was bought for if that '
  'still waits, else to the oldest that it suits; when there is none, it stays in the pool.';

create function phone_pool.put_back_number(p_phone_number_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_free boolean;
begin
  -- As if it came in now; what held it back then may do so again.
  update public.phone_numbers n
  set status = 'available', suspended_until = null, suspended_reason = null,
    updated_at = phone_pool.clock()
  where n.id = p_phone_number_id and n.status = 'suspended' and n.retired_at is null
    and coalesce(n.carrier_status, 'active') = 'active'
    and not exists (
      select from phone_pool.tenures t where t.phone_number_id = n.id
        and coalesce(t.resumed_at, t.quarantine_until, 'infinity') > phone_pool.clock())
    and phone_pool.line_allows(n.id);
  if found then
    perform phone_pool.take_in_number(p_phone_number_id);
  end if;
  select n.status <> 'suspended' into strict v_is_free
  from public.phone_numbers n where n.id = p_phone_number_id;
  if v_is_free then
    perform phone_pool.close_alert('number_held_back', p_phone_number_id::text);
  end if;
  return v_is_free;
end
$$;
comment on function phone_pool.put_back_number(uuid) is
  'A number that was held back comes in anew if it is active at Telnyx, does not rest, and its '
  'line is neutral: it joins '
  'the pool if no organization shows it, or goes to the one that does. Returns whether it is held '
  'back no longer. The caller has locked it.';

create function phone_pool.recheck_held_back_numbers()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
  v_count int := 0;
begin
  for v_id in
    select n.id from public.phone_numbers n
    where n.status = 'suspended' and n.suspended_until = 'infinity' and n.retired_at is null
      and coalesce(n.carrier_status, 'active') = 'active'
      and n.updated_at < phone_pool.clock() - interval '1 hour'
      and not exists (
        select from phone_pool.tenures t where t.phone_number_id = n.id
          and coalesce(t.resumed_at, t.quarantine_until, 'infinity') > phone_pool.clock())
    order by n.updated_at limit 10
    for no key update skip locked
  loop
    v_count := v_count + phone_pool.put_back_number(v_id)::int;
    -- One that does not come in makes room for the next ones.
    update public.phone_numbers n set updated_at = phone_pool.clock()
    where n.id = v_id and n.status = 'suspended';
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.recheck_held_back_numbers() is
  'A step of the sweep: numbers that were held back and may come in anew, each once an hour, 10 at '
  'most. Returns how many are held back no longer.';
