-- When to buy for the pool: available numbers and numbers on order together cover the low water
-- mark and everybody who waits for any number.
--
-- What has been on order for a quarter of an hour is not counted on any more: an order may stay
-- pending for ever, and who waits must not wait with it. It still counts against the caps.
--
-- After a purchase was given up, planning pauses: 15 minutes at first, then as long as it has been
-- failing, an hour at most; then one purchase tries. Its success, or that of an order by hand
-- (order_phone_numbers), ends the pause.

create function phone_pool.is_in_progress(p_xid xid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A row header keeps 32 bits of the transaction id; the upper half is that of the recent past.
  v_next bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
  v_full bigint := (v_next & ~4294967295::bigint) | p_xid::text::bigint;
begin
  if v_full > v_next + 2147483648 then
    v_full := v_full - 4294967296;
  end if;
  return coalesce(
    p_xid <> '0'::xid and pg_xact_status(v_full::text::xid8) = 'in progress', false);
exception when invalid_parameter_value then
  -- No transaction has had this id yet: it is that of a multixact, of sessions that share a lock on
  -- the row, and they do not take the number.
  return false;
end
$$;
comment on function phone_pool.is_in_progress(xid) is
  'Whether the transaction that last locked or updated a row (its xmax) is still open.';

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
      -- that takes the last of many racing numbers still sees a full pool, and nobody refills it.
      and (p.xmax = '0'::xid or not phone_pool.is_in_progress(p.xmax))
    order by p.purchased_at, p.id
    limit p_most
  ) free;
$$;
comment on function phone_pool.count_available(int) is
  'How many numbers of the pool are free, counted up to p_most: never the whole pool.';

create function phone_pool.purchasing_fails()
returns boolean
language sql
set search_path = pg_catalog, pg_temp
as $$
  -- An area code that is sold out says nothing about the next purchase.
  select exists (
    select from phone_pool.purchases p
    where p.status = 'failed' and p.last_error_class is distinct from 'none_in_stock'
      and p.ended_at > coalesce(
        (select max(o.owned_at) from phone_pool.purchases o where o.status = 'owned'), '-infinity')
  );
$$;
comment on function phone_pool.purchasing_fails() is
  'Whether a purchase was given up since one last succeeded.';

create function phone_pool.purchasing_pauses()
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_since timestamptz;
  v_last timestamptz;
begin
  if not phone_pool.purchasing_fails() then
    return false;
  end if;
  select min(p.ended_at), max(p.ended_at) into strict v_since, v_last
  from phone_pool.purchases p
  where p.status = 'failed' and p.last_error_class is distinct from 'none_in_stock'
    and p.ended_at > coalesce(
      (select max(o.owned_at) from phone_pool.purchases o where o.status = 'owned'), '-infinity');
  return phone_pool.clock() < v_last
      + greatest(interval '15 minutes', least(v_last - v_since, interval '1 hour'))
    -- The one that tries is still at it.
    or exists (select from phone_pool.purchases p where p.status = 'planned');
end
$$;
comment on function phone_pool.purchasing_pauses() is
  'Whether to plan nothing now, because a purchase was given up: planning the next one at once '
  'would knock at a closed door for ever.';

create function phone_pool.missing_numbers()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_waiting bigint;
  v_on_order bigint;
  v_missing bigint;
  v_low_water int;
begin
  select * into strict v_settings from phone_pool.settings;
  v_low_water := greatest(
    v_settings.low_water, case when v_settings.forecast then v_settings.working_low_water end);
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
    where r.area_code is null and not exists (
      -- Its own purchase is under way, widened to any area code.
      select from phone_pool.purchases p
      where p.organization_id = r.organization_id and p.status in ('planned', 'ordering', 'ordered')
        and (p.status = 'planned' or p.chosen_at > phone_pool.clock() - interval '15 minutes'))
    limit v_settings.max_numbers
  ) w;
  v_missing := v_low_water + v_waiting - v_on_order;
  if v_missing > 0 then
    v_missing := v_missing - phone_pool.count_available((v_low_water + v_waiting)::int);
  end if;
  return greatest(v_missing, 0);
end
$$;
comment on function phone_pool.missing_numbers() is
  'How many numbers, available and on order together, fall short of the low water mark and of '
  'those who wait for any number.';

create function phone_pool.refill(p_reason text default 'low_water')
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_missing int;
  v_batch int;
  v_quantity int;
begin
  if not phone_pool.try_lock_planning() then
    return 0;
  end if;
  v_missing := phone_pool.missing_numbers();
  if v_missing = 0 or phone_pool.purchasing_pauses() then
    return 0;
  elsif phone_pool.purchasing_fails() then
    return phone_pool.plan_purchases(1, p_reason);
  end if;
  select greatest(s.batch_size, case when s.forecast then s.working_batch_size end)
  into strict v_batch from phone_pool.settings s;
  v_quantity := ceil(v_missing::numeric / v_batch) * v_batch;
  return phone_pool.plan_purchases(v_quantity, p_reason,
    p_area_codes => phone_pool.area_codes_to_buy(v_quantity));
end
$$;
comment on function phone_pool.refill(text) is
  'Plans whole batches until available numbers and numbers on order cover the low water mark and '
  'everybody who waits for any number, some of them in the area codes that are wanted; only one '
  'while purchases fail. Returns how many were planned; 0 when another planner is at work. Does '
  'not nudge.';

revoke execute on all functions in schema phone_pool from public;
