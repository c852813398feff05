-- When to buy: available numbers and numbers on order together cover the low water mark and every
-- organization that waits for any number; an organization that waits for an area code has a
-- purchase of its own; what was asked for by hand is bought as far as the caps allow.
--
-- What has been on order for a quarter of an hour is not counted on any more: an order may stay
-- pending for ever, and organizations must not wait with it. It still counts against the caps.
--
-- After a purchase was given up because of the account, planning pauses: 15 minutes at first, then
-- as long as it has been failing, an hour at most; then one purchase tries. Its success ends the
-- pause. What is wrong with one request only (its area code, a price) pauses nothing.

create function phone_pool.count_available(p_most int)
returns int
language sql
set search_path = pg_catalog, pg_temp
as $$
  select count(*)::int
  from (
    select from public.phone_numbers p
    where p.status = 'available'
      -- A number that an open registration is taking is as good as gone: without this, the one
      -- that takes the last of many racing numbers still sees a full pool, and it is not refilled.
      and (p.xmax = '0'::xid or not phone_pool.is_in_progress(p.xmax))
    order by p.purchased_at, p.id
    limit p_most
  ) free;
$$;
comment on function phone_pool.count_available(int) is
  'How many numbers of the pool are free, counted up to p_most: never the whole pool.';

create function phone_pool.missing_numbers(p_low_water int)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_waiting bigint;
  v_on_order bigint;
  v_missing bigint;
begin
  select * into strict v_settings from phone_pool.settings;
  -- Two batches that are late are replaced; beyond that a slow carrier would eat the budget.
  select count(*) filter (where o.is_fresh)
    + greatest(count(*) filter (where not o.is_fresh) - 2 * v_settings.batch_size, 0)
  into v_on_order
  from (
    select p.status = 'planned' or p.chosen_at > phone_pool.clock() - interval '15 minutes'
      as is_fresh
    from phone_pool.purchases p
    where p.status in ('planned', 'ordering', 'ordered') and p.organization_id is null
  ) o;
  select count(*) into v_waiting from (
    select from phone_pool.number_requests r
    where r.area_code is null
      and coalesce(r.not_before <= phone_pool.clock(), true) and not exists (
      -- Its own purchase is under way, widened to any area code.
      select from phone_pool.purchases p
      where p.organization_id = r.organization_id and p.status in ('planned', 'ordering', 'ordered')
        and (p.status = 'planned' or p.chosen_at > phone_pool.clock() - interval '15 minutes'))
    limit v_settings.max_numbers
  ) w;
  v_missing := p_low_water + v_waiting - v_on_order;
  if v_missing > 0 then
    v_missing := v_missing - phone_pool.count_available((p_low_water + v_waiting)::int)
      - phone_pool.count_unseen_numbers();
  end if;
  return greatest(v_missing, 0);
end
$$;
comment on function phone_pool.missing_numbers(int) is
  'How many numbers, available and on order together, fall short of the low water mark and of the '
  'organizations that wait for any number.';

create function phone_pool.buying_pause(out is_failing boolean, out is_paused boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_since timestamptz;
  v_last timestamptz;
begin
  select min(p.ended_at), max(p.ended_at) into strict v_since, v_last
  from phone_pool.purchases p
  where p.status = 'failed' and p.last_error_class not in ('none_in_stock', 'price')
    -- One search that was refused is about its area code; orders that are refused are not.
    and (p.last_error_class <> 'invalid' or p.area_code is null
      or p.attempts >= (select s.purchase_max_attempts from phone_pool.settings s))
    and p.ended_at > coalesce(
      (select max(o.owned_at) from phone_pool.purchases o where o.status = 'owned'), '-infinity');
  is_failing := v_last is not null;
  is_paused := is_failing and (
    phone_pool.clock() < v_last
      + greatest(interval '15 minutes', least(v_last - v_since, interval '1 hour'))
    -- The one that tries is still at it.
    or exists (select from phone_pool.purchases p where p.status = 'planned'));
end
$$;
comment on function phone_pool.buying_pause() is
  'Whether a purchase was given up because of the account since one last succeeded, and whether to '
  'plan nothing now: planning the next one at once would knock at a closed door for ever.';

create function phone_pool.plan_asked()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_ids uuid[];
  v_room int;
begin
  v_ids := array(
    select p.id from phone_pool.purchases p where p.status = 'asked'
    order by p.planned_at, p.id limit 1000 for update skip locked);
  if cardinality(v_ids) = 0 then
    return 0;
  end if;
  v_room := phone_pool.room_for_purchases(cardinality(v_ids));
  update phone_pool.purchases p
  set status = case when a.place <= v_room then 'planned' else 'cancelled' end,
    planned_at = v_now, next_attempt_at = v_now,
    ended_at = case when a.place > v_room then v_now end,
    last_error_class = case when a.place > v_room then 'over_budget' end,
    last_error = case when a.place > v_room
      then 'settings.max_numbers or monthly_budget_usd does not allow it' end
  from unnest(v_ids) with ordinality as a (id, place)
  where p.id = a.id;
  return v_room;
end
$$;
comment on function phone_pool.plan_asked() is
  'Plans what was asked for by order_phone_numbers(), as far as the caps allow; the rest is '
  'cancelled. Returns how many were planned. For the planner only.';

create function phone_pool.plan_refill()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_levels record;
  v_pause record;
  v_quantity int;
  v_area_codes text[] := '{}';
begin
  select * into strict v_levels from phone_pool.levels();
  v_quantity := phone_pool.missing_numbers(v_levels.low_water);
  select * into strict v_pause from phone_pool.buying_pause();
  if v_quantity = 0 or v_pause.is_paused then
    return 0;
  elsif v_pause.is_failing then
    return phone_pool.plan_purchases(1, 'low_water');
  end if;
  v_quantity := ceil(v_quantity::numeric / v_levels.batch_size) * v_levels.batch_size;
  begin
    v_area_codes := phone_pool.area_codes_to_buy(v_quantity);
  exception when others then
    -- Numbers of any area code are better than none.
    raise warning 'phone_pool.area_codes_to_buy() failed: %', sqlerrm;
    perform phone_pool.raise_alert('sweep_failing', sqlerrm, 'area_codes_to_buy');
  end;
  return phone_pool.plan_purchases(v_quantity, 'low_water', p_area_codes => v_area_codes);
end
$$;
comment on function phone_pool.plan_refill() is
  'Plans whole batches until available numbers and numbers on order cover the low water mark and '
  'every organization that waits for any number, some of them in the area codes that are wanted; '
  'only one while purchases fail. Returns how many. For the planner only.';

create function phone_pool.plan_area_codes()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request record;
  v_planned int := 0;
begin
  for v_request in
    select r.organization_id, r.area_code from phone_pool.number_requests r
    where r.area_code is not null and not exists (
      select from phone_pool.purchases p
      where p.organization_id = r.organization_id
        and p.status in ('planned', 'ordering', 'ordered')
    )
    and coalesce(r.not_before <= phone_pool.clock(), true)
    -- While one is there that it can have, and did not get (a client has its row, or it could not
    -- be written), no other is bought.
    and not exists (
      select from public.phone_numbers n
      where n.status = 'available' and n.area_code = r.area_code
        and not phone_pool.is_unwelcome(r.organization_id, n.id))
    order by r.id limit 100
  loop
    exit when (select p.is_paused from phone_pool.buying_pause() p);
    v_planned := v_planned + phone_pool.plan_purchases(
      1, 'area_code', v_request.area_code, v_request.organization_id);
  end loop;
  return v_planned;
end
$$;
comment on function phone_pool.plan_area_codes() is
  'Plans a purchase for each organization that waits for an area code, which the pool does not '
  'have and of which it has none on order. Returns how many. For the planner only.';

create function phone_pool.plan()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
-- A planner takes milliseconds; one that does not end is not waited for.
set lock_timeout = '5s'
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_planned int;
  v_is_low boolean;
begin
  -- First, and written, not only locked: then two planners exclude each other at every isolation
  -- level.
  update phone_pool.planner p set began_at = v_now where p.only_row;
  v_planned := phone_pool.plan_asked() + phone_pool.plan_refill() + phone_pool.plan_area_codes();
  select phone_pool.count_available(l.low_water) < l.low_water
    or exists (select from phone_pool.number_requests r where r.failures = 0)
  into strict v_is_low from phone_pool.levels() l;
  update phone_pool.planner p
  set quiet_until = case when v_planned = 0 and v_is_low then v_now + interval '10 seconds'
    else '-infinity' end
  where p.only_row;
  return v_planned;
end
$$;
comment on function phone_pool.plan() is
  'Plans everything that is to be bought now, within the caps, and returns how many numbers. To be '
  'called in a transaction of its own. Does not nudge.';
