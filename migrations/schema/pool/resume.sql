-- An organization that is back gets the number back that it held, while that rests.

create function phone_pool.resumable_tenure(
  p_organization_id uuid,
  p_is_trusted boolean default false
)
returns phone_pool.tenures
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
  return (
    -- With its type: the application may have a column of this name.
    select (t.*)::phone_pool.tenures
    from phone_pool.tenures t
    join public.phone_numbers n on n.id = t.phone_number_id
    join public.organizations o on o.id = t.organization_id
    where t.organization_id = p_organization_id and not upper_inf(t.held) and not t.is_replaced
      and n.status = 'suspended' and n.retired_at is null
      and coalesce(n.carrier_status, 'active') = 'active'
      and (p_is_trusted or t.deleted_as is null or t.deleted_as = phone_pool.organization_digest(
        extract(epoch from o.created_at), to_jsonb(o.*) ->> 'slug'))
      and not exists (
        select from phone_pool.tenures l
        where l.phone_number_id = t.phone_number_id and lower(l.held) > lower(t.held))
    order by lower(t.held) desc limit 1
  );
end
$$;
comment on function phone_pool.resumable_tenure(uuid, boolean) is
  'The tenure whose number the organization may have back: the number still rests, is active at '
  'Telnyx, neither retired nor replaced, nobody has held it since, and the organization is the '
  'same (or p_is_trusted). Null: none.';

create function phone_pool.resume_number(
  p_organization_id uuid,
  p_is_trusted boolean default false
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_tenure phone_pool.tenures := phone_pool.resumable_tenure(p_organization_id, p_is_trusted);
  v_phone_number text;
  v_now timestamptz;
begin
  if v_tenure.id is null then
    return false;
  end if;
  -- Looked at again when it is ours: the sweep may have ended the quarantine meanwhile.
  perform from public.phone_numbers n where n.id = v_tenure.phone_number_id for no key update;
  v_tenure := phone_pool.resumable_tenure(p_organization_id, p_is_trusted);
  if v_tenure.id is null then
    return false;
  end if;
  v_now := greatest(phone_pool.clock(), upper(v_tenure.held));
  -- First make room, then move in: the exclusion constraint looks at each row as it is written.
  with made_room as (
    update phone_pool.tenures t set resumed_at = v_now
    where t.id = v_tenure.id and t.quarantine_until > v_now
    returning t.id
  ),
  moved as (
    update public.phone_numbers n
    set status = 'assigned', organization_id = p_organization_id, suspended_until = null,
      suspended_reason = null, assigned_at = v_now, updated_at = v_now
    where n.id = v_tenure.phone_number_id and (select count(*) from made_room) >= 0
    returning n.id, n.phone_number
  ),
  opened as (
    insert into phone_pool.tenures
      (phone_number_id, organization_id, requested_at, held, not_before)
    select m.id, p_organization_id, v_now, tstzrange(v_now, null), v_tenure.quarantine_until
    from moved m
  )
  select m.phone_number into strict v_phone_number from moved m;
  delete from phone_pool.number_requests r where r.organization_id = p_organization_id;
  perform phone_pool.show_phones(array[p_organization_id], array[v_phone_number]);
  return true;
end
$$;
comment on function phone_pool.resume_number(uuid, boolean) is
  'Gives the organization back the number that it held last, if it may have that: see '
  'resumable_tenure(). Returns whether it did.';
