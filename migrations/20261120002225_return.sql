-- An organization is back: its own number while that rests, else a number or a place in the queue
-- like every other, see give_number().
--
-- It is the same organization if its row was there all the time. A row that was deleted and
-- inserted again is the same one if it has the created_at and slug of the deleted row, or if the
-- role that inserts it bypasses row security: where clients may choose ids, nobody takes over the
-- number of a deleted clinic by its id alone.
--
-- Lock order: organizations (by the caller), phone_numbers, tenures.

-- As in phone_numbers: writers of organizations queue behind the new trigger.
set local lock_timeout = '150ms';

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

create function phone_pool.tg_organizations__follow_status()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
-- The number may be locked by a call that is being permitted: the sweep catches up.
set lock_timeout = '2s'
as $$
declare
  v_inactive text[];
  v_has_left boolean;
begin
  select s.inactive_statuses into strict v_inactive from phone_pool.settings s;
  v_has_left := coalesce(new.subscription_status, '') = any (v_inactive);
  if v_has_left = (coalesce(old.subscription_status, '') = any (v_inactive)) then
    return null;
  elsif v_has_left then
    perform phone_pool.suspend_numbers(
      array[new.id], 'subscription_status ' || new.subscription_status);
  elsif phone_pool.is_own_phone(new.phone)
    or exists (select from phone_pool.organizations_without_number w
      where w.organization_id = new.id) then
    return null;
  elsif not phone_pool.give_number(new.id, phone_pool.wanted_area_code(new.settings)) then
    perform phone_pool.nudge_planner();
  end if;
  return null;
exception when others then
  raise warning 'phone_pool could not follow subscription_status: %', sqlerrm
    using hint = 'The organization is updated; the sweep will catch up.';
  perform set_config('lock_timeout', '100ms', true);
  perform phone_pool.raise_alert(
    case when v_has_left then 'churn_failed' else 'assignment_failed' end, sqlerrm, new.id::text);
  if not v_has_left then
    begin
      perform phone_pool.enqueue_organizations(
        array[new.id], array[phone_pool.wanted_area_code(new.settings)]);
    exception when others then
      raise warning 'phone_pool could not note that a phone number is wanted: %', sqlerrm;
    end;
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_organizations__follow_status() is
  'An organization that leaves gives up its number; one that comes back gets it again. Never '
  'fails the update. Security definer: see tg_organizations__suspend_phone_numbers.';

-- No column list: a BEFORE trigger of the application may set the status. The condition makes that
-- free for every other update, such as those of organizations.phone by the pool itself.
create trigger organizations_follow_status after update on public.organizations
  for each row when (old.subscription_status is distinct from new.subscription_status)
  execute function phone_pool.tg_organizations__follow_status();

revoke execute on all functions in schema phone_pool from public;
