-- An organization is back, or asks for a number though it is not new: its own number while that
-- rests, else a place in line like everybody.
--
-- Lock order: organizations (by the caller), phone_numbers, tenures.

-- As in phone_numbers: writers of organizations queue behind the new trigger.
set local lock_timeout = '150ms';

create function phone_pool.resume_number(p_organization_id uuid)
returns boolean
language plpgsql
-- See assign_numbers.
set search_path = public, extensions, pg_temp
as $$
declare
  v_tenure phone_pool.tenures;
  v_now timestamptz;
  v_writer text;
begin
  select t.* into v_tenure
  from phone_pool.tenures t
  join public.phone_numbers n on n.id operator(pg_catalog.=) t.phone_number_id
  where t.organization_id operator(pg_catalog.=) p_organization_id
    and not pg_catalog.upper_inf(t.held)
    and n.status operator(pg_catalog.=) 'suspended' and n.retired_at is null
    and not exists (
      select from phone_pool.tenures l
      where l.phone_number_id operator(pg_catalog.=) t.phone_number_id
        and pg_catalog.lower(l.held) operator(pg_catalog.>) pg_catalog.lower(t.held)
    )
    and exists (select from public.organizations o
      where o.id operator(pg_catalog.=) p_organization_id and o.phone is null)
  order by pg_catalog.lower(t.held) desc limit 1
  for update of n;
  if not found then
    return false;
  end if;
  v_now := greatest(phone_pool.clock(), pg_catalog.upper(v_tenure.held));
  v_writer := pg_catalog.set_config('phone_pool.writer', 'function', true);
  -- First make room, then move in: the exclusion constraint looks at every statement.
  update phone_pool.tenures t set resumed_at = v_now
  where t.id operator(pg_catalog.=) v_tenure.id and t.quarantine_until operator(pg_catalog.>) v_now;
  update public.phone_numbers n
  set status = 'assigned', organization_id = p_organization_id, suspended_until = null,
    assigned_at = v_now, updated_at = v_now
  where n.id operator(pg_catalog.=) v_tenure.phone_number_id;
  insert into phone_pool.tenures
    (phone_number_id, organization_id, requested_at, held, not_before)
  values (v_tenure.phone_number_id, p_organization_id, v_now, pg_catalog.tstzrange(v_now, null),
    (select t.quarantine_until from phone_pool.tenures t
      where t.id operator(pg_catalog.=) v_tenure.id));
  v_writer := pg_catalog.set_config('phone_pool.writer', '', true);
  delete from phone_pool.number_requests r
  where r.organization_id operator(pg_catalog.=) p_organization_id;
  update public.organizations o
  set phone = (select n.phone_number from public.phone_numbers n
    where n.id operator(pg_catalog.=) v_tenure.phone_number_id)
  where o.id operator(pg_catalog.=) p_organization_id;
  return true;
end
$$;
comment on function phone_pool.resume_number(uuid) is
  'Gives the organization back the number that it held last, if that is still in quarantine and '
  'not retired. Returns whether it did.';

create function phone_pool.serve_returning(p_organization_ids uuid[])
returns uuid[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization record;
  v_others uuid[];
begin
  for v_organization in
    select o.id, phone_pool.wanted_area_code(o.settings) as area_code,
      exists (select from phone_pool.callees c where c.organization_id = o.id) as has_called
    from unnest(p_organization_ids) with ordinality as w (id, place)
    join public.organizations o on o.id = w.id
    order by w.place
  loop
    if phone_pool.resume_number(v_organization.id) then
      continue;
    elsif v_organization.area_code is null and not v_organization.has_called then
      v_others := v_others || v_organization.id;
    else
      -- serve_waiting() sees to the area code, and that patients do not know the number.
      perform phone_pool.enqueue_organizations(
        array[v_organization.id], v_organization.area_code);
      perform phone_pool.serve_waiting();
    end if;
  end loop;
  return v_others;
end
$$;
comment on function phone_pool.serve_returning(uuid[]) is
  'Serves those that held a number or called patients before, or want an area code; returns the '
  'others.';

create function phone_pool.serve_organization(p_organization_id uuid, p_area_code text default null)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_known boolean;
begin
  if phone_pool.resume_number(p_organization_id) then
    return false;
  end if;
  -- Asked again while it waits: it keeps its place, and nothing is ordered twice.
  select exists (select from phone_pool.number_requests r
      where r.organization_id = p_organization_id)
    or exists (select from phone_pool.callees c where c.organization_id = p_organization_id)
  into v_is_known;
  if v_is_known then
    perform phone_pool.enqueue_organizations(array[p_organization_id], p_area_code);
    perform phone_pool.serve_waiting();
    return phone_pool.refill() + phone_pool.plan_area_code_purchases() > 0;
  elsif p_area_code is null then
    perform phone_pool.register_organizations(array[p_organization_id]);
    return phone_pool.refill() > 0;
  end if;
  return phone_pool.register_in_area_code(p_organization_id, p_area_code);
end
$$;
comment on function phone_pool.serve_organization(uuid, text) is
  'A number for an organization without one, or a place in the queue: its own from quarantine, '
  'else from the pool. Returns whether purchases were planned. The caller has locked the '
  'organization.';

create function phone_pool.tg_organizations__follow_status()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
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
  elsif new.phone is null
    and phone_pool.serve_organization(new.id, phone_pool.wanted_area_code(new.settings)) then
    perform phone_pool.nudge('replenish-pool');
  end if;
  return null;
exception when others then
  raise warning 'phone_pool could not follow subscription_status: %', sqlerrm
    using hint = 'The organization is updated; the sweep will catch up.';
  perform phone_pool.raise_alert(
    case when v_has_left then 'churn_failed' else 'assignment_failed' end, sqlerrm, sqlstate);
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
