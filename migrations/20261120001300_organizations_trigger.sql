-- An organization is inserted and has its number, in the same transaction.
--
-- Rule: a registration never fails and never waits because of the pool. No carrier is called here;
-- numbers are claimed by `skip locked`; who finds none waits in number_requests; whatever goes
-- wrong is undone to the savepoint, leaves a warning and an alert, and the sweep serves the
-- organization later.

-- As in phone_numbers: writers of organizations queue behind the new trigger.
set local lock_timeout = '150ms';

create function phone_pool.wanted_area_code(p_settings jsonb)
returns text
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
begin
  return substring(p_settings ->> 'area_code' from '^[2-9][0-9]{2}$');
end
$$;
comment on function phone_pool.wanted_area_code(jsonb) is
  'The area code in an organization''s settings, or null: what is no area code is no wish.';

create function phone_pool.enqueue_organizations(p_organization_ids uuid[], p_area_code text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into phone_pool.number_requests
    (organization_id, area_code, wanted_area_code, requested_at)
  select o.id, p_area_code, p_area_code, phone_pool.clock()
  from unnest(p_organization_ids) with ordinality as o (id, place)
  order by o.place
  on conflict (organization_id) do nothing;
end
$$;
comment on function phone_pool.enqueue_organizations(uuid[], text) is
  'Puts them at the end of the queue, in the order given; who waits already keeps the place.';

create function phone_pool.register_organizations(p_organization_ids uuid[])
returns timestamptz
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- An assignment, not a query: starting one takes longer.
  v_result record := phone_pool.assign_numbers(p_organization_ids);
begin
  if v_result.assigned < cardinality(p_organization_ids) then
    perform phone_pool.enqueue_organizations(p_organization_ids[v_result.assigned + 1:], null);
    perform phone_pool.serve_waiting();
    return null;
  end if;
  return v_result.last_purchased_at;
end
$$;
comment on function phone_pool.register_organizations(uuid[]) is
  'A number for each of them, or a place in the queue. Returns where in the pool (purchased_at) '
  'the last number was taken; null when somebody had to wait.';

create function phone_pool.register_in_area_code(p_organization_id uuid, p_area_code text)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number_id uuid;
begin
  if not exists (
    select from phone_pool.number_requests r where r.area_code is null or r.area_code = p_area_code
  ) then
    v_number_id := phone_pool.claim_number(p_area_code);
  end if;
  if v_number_id is not null then
    perform phone_pool.assign_numbers(array[p_organization_id], array[v_number_id]);
    return false;
  end if;
  perform phone_pool.enqueue_organizations(array[p_organization_id], p_area_code);
  if exists (
    select from public.phone_numbers n where n.status = 'available' and n.area_code = p_area_code
  ) then
    perform phone_pool.serve_waiting();
  end if;
  if exists (select from public.phone_numbers n where n.organization_id = p_organization_id) then
    return false;
  end if;
  return phone_pool.try_lock_planning()
    and phone_pool.plan_purchases(1, 'area_code', p_area_code, p_organization_id) > 0;
end
$$;
comment on function phone_pool.register_in_area_code(uuid, text) is
  'A number of that area code from the pool, or a place in the queue and a purchase just for this '
  'organization. Returns whether a purchase was planned.';

create function phone_pool.tg_organizations__assign_phone_numbers()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
-- A session that made its plans while the tables were tiny keeps them: never a sequential scan.
-- And a plan that depends on a parameter such as LIMIT must not be made anew for every clinic.
set plan_cache_mode = 'force_generic_plan'
set enable_seqscan = off
set jit = off
-- A migration that holds one of our tables is not waited for either.
set lock_timeout = '2s'
as $$
declare
  v_low_water int;
  v_inactive text[];
  v_organization_ids uuid[];
  v_area_codes text[];
  v_for_any_number uuid[];
  v_taken_at timestamptz;
  v_planned boolean := false;
begin
  select greatest(s.low_water, case when s.forecast then s.working_low_water end),
    s.inactive_statuses
  into strict v_low_water, v_inactive from phone_pool.settings s;
  select array_agg(n.id), array_agg(phone_pool.wanted_area_code(n.settings))
  into strict v_organization_ids, v_area_codes
  from new_organizations n
  where n.phone is null and coalesce(n.subscription_status, '') <> all (v_inactive);

  for i in 1..coalesce(cardinality(v_organization_ids), 0) loop
    if v_area_codes[i] is null then
      v_for_any_number := v_for_any_number || v_organization_ids[i];
    end if;
  end loop;
  if v_for_any_number is not null then
    v_taken_at := phone_pool.register_organizations(v_for_any_number);
  end if;
  for i in 1..coalesce(cardinality(v_organization_ids), 0) loop
    if v_area_codes[i] is not null then
      v_planned := phone_pool.register_in_area_code(v_organization_ids[i], v_area_codes[i])
        or v_planned;
    end if;
  end loop;

  -- Bounded: looks at low_water index entries, not at the pool, and ahead of what was just taken,
  -- past the numbers that others are taking. Found too few there: refill() looks at all of them.
  perform from public.phone_numbers p
  where p.status = 'available' and p.xmax = '0'::xid
    and p.purchased_at >= coalesce(v_taken_at, '-infinity')
  order by p.purchased_at, p.id
  offset greatest(v_low_water - 1, 0) limit 1;
  if not found then
    v_planned := phone_pool.refill() > 0 or v_planned;
  end if;
  if v_planned then
    perform phone_pool.nudge('replenish-pool');
  end if;
  return null;
exception when others then
  raise warning 'phone_pool could not assign a phone number: %', sqlerrm
    using hint = 'The organization is registered; the sweep will give it a number.';
  begin
    perform set_config('lock_timeout', '100ms', true);
    perform phone_pool.raise_alert('assignment_failed', sqlerrm, sqlstate);
  exception when others then
    -- The registration is worth more than the alert.
    raise warning 'phone_pool could not raise an alert: %', sqlerrm;
  end;
  return null;
end
$$;
comment on function phone_pool.tg_organizations__assign_phone_numbers() is
  'A number for every organization just inserted without a phone of its own. Security definer: '
  'whoever may register an organization need not be able to read or write the pool.';

create trigger organizations_assign_phone_numbers after insert on public.organizations
  referencing new table as new_organizations
  for each statement execute function phone_pool.tg_organizations__assign_phone_numbers();

revoke execute on all functions in schema phone_pool from public;
