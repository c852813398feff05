-- An organization is inserted and has its number, in the same transaction.
--
-- Rule: a registration never fails and never waits because of the pool. No carrier is called here;
-- numbers are claimed by `skip locked`; who finds none waits in number_requests; whatever goes
-- wrong is undone to the savepoint, leaves a warning and an alert, and the sweep serves the
-- organization later.

create function phone_pool.wanted_area_code(p_settings jsonb)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
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
volatile
security invoker
set search_path = ''
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
volatile
security invoker
set search_path = ''
as $$
declare
  v_number_ids uuid[];
  v_claimed int;
  v_last timestamptz;
  v_now timestamptz := phone_pool.clock();
begin
  -- Whoever waits for any number comes first: then this claims nothing, and the newcomer queues.
  select array_agg(c.id), max(c.purchased_at) into v_number_ids, v_last
  from (
    select p.id, p.purchased_at from public.phone_numbers p
    where p.status = 'available'
      and not exists (select from phone_pool.number_requests r where r.area_code is null)
      -- Nor a number of the area code that somebody waits for.
      and not exists (
        select from phone_pool.number_requests r where r.area_code = p.area_code)
    order by p.purchased_at, p.id
    limit cardinality(p_organization_ids)
    for update skip locked
  ) c;
  v_claimed := coalesce(cardinality(v_number_ids), 0);
  if v_claimed > 0 then
    perform phone_pool.assign_numbers(
      v_number_ids, p_organization_ids[1:v_claimed],
      array_fill(v_now, array[v_claimed]));
  end if;
  if v_claimed < cardinality(p_organization_ids) then
    perform phone_pool.enqueue_organizations(p_organization_ids[v_claimed + 1:], null);
    perform phone_pool.serve_waiting();
    return null;
  end if;
  return v_last;
end
$$;
comment on function phone_pool.register_organizations(uuid[]) is
  'A number for each of them, or a place in the queue. Returns where in the pool (purchased_at) '
  'the last number was taken; null when somebody has to wait.';

create function phone_pool.register_in_area_code(p_organization_id uuid, p_area_code text)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
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
    perform phone_pool.assign_numbers(
      array[v_number_id], array[p_organization_id], array[phone_pool.clock()]);
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
volatile
security definer
set search_path = ''
-- A session that made its plans while the tables were tiny keeps them: never a sequential scan.
-- And a plan that depends on a parameter such as LIMIT must not be made anew for every clinic.
set plan_cache_mode = 'force_generic_plan'
set enable_seqscan = off
set jit = off
-- A migration that holds one of our tables is not waited for either.
set lock_timeout = '2s'
as $$
declare
  v_organization_ids uuid[];
  v_particular_ids uuid[];
  v_area_codes text[];
  v_low_water int;
  v_taken_at timestamptz;
  v_planned boolean := false;
begin
  select array_agg(o.id) filter (where o.id is not null and o.area_code is null),
    array_agg(o.id) filter (where o.area_code is not null),
    array_agg(o.area_code) filter (where o.area_code is not null),
    greatest(s.low_water, case when s.forecast then s.working_low_water end)
  into strict v_organization_ids, v_particular_ids, v_area_codes, v_low_water
  from phone_pool.settings s left join (
    select n.id, n.subscription_status, phone_pool.wanted_area_code(n.settings) as area_code
    from new_organizations n where n.phone is null
  ) o on coalesce(o.subscription_status, '') <> all (s.inactive_statuses)
  group by s.low_water, s.forecast, s.working_low_water;
  if v_organization_ids is not null then
    v_taken_at := phone_pool.register_organizations(v_organization_ids);
  end if;
  for i in 1..coalesce(cardinality(v_particular_ids), 0) loop
    v_planned := phone_pool.register_in_area_code(v_particular_ids[i], v_area_codes[i])
      or v_planned;
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
