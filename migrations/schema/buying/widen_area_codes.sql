-- An area code that is not to be had: the nearest of the same state instead, then any number.
--
--   sold out at Telnyx     the purchase, and with it the organization that waits, moves on to the
--   too dear, refused      next area code of the state (area_codes.neighbours), step by step; then
--                          to any
--   area_code_wait passed  the organization takes what the pool has: of the nearest area code of
--                          the state, else any; an empty pool: the next number, whatever it is
--
-- wanted_area_code keeps what was asked for. What is bought for the pool in an area code that is
-- wanted often (area_codes_to_buy) is of any the moment that one cannot be bought, whatever the
-- reason: the pool does not wait. What was asked for by hand (order_phone_numbers) is not widened:
-- it was asked for in that area code, and fails.

create function phone_pool.should_widen(p_purchase phone_pool.purchases, p_error_class text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select p_purchase.area_code is not null and case p_purchase.status
    when 'planned' then p_error_class in ('none_in_stock', 'price', 'invalid')
      or (p_purchase.reason = 'low_water' and p_error_class = 'over_budget')
    -- The third number that Telnyx does not sell, whatever it lists there.
    when 'ordering' then
      p_error_class = 'invalid' and cardinality(p_purchase.refused_numbers) >= 2
    else false end;
$$;
comment on function phone_pool.should_widen(phone_pool.purchases, text) is
  'Whether a failure of that class means that the purchase is to look elsewhere.';

create function phone_pool.widen_purchase(p_purchase_id uuid)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_purchase phone_pool.purchases;
  v_area_code text;
begin
  select * into strict v_purchase from phone_pool.purchases p where p.id = p_purchase_id;
  if v_purchase.organization_id is null and v_purchase.reason = 'requested' then
    perform phone_pool.give_up_purchase(p_purchase_id);
    return 'failed';
  end if;
  -- An end there must be: orders that are refused everywhere have nothing to do with area codes.
  if v_purchase.organization_id is not null and cardinality(v_purchase.refused_numbers)
    < (select s.purchase_max_attempts from phone_pool.settings s)
  then
    select a.neighbours[coalesce(array_position(a.neighbours, v_purchase.area_code), 0) + 1]
    into v_area_code from phone_pool.area_codes a
    where a.area_code = coalesce(v_purchase.wanted_area_code, v_purchase.area_code);
  end if;
  -- Each area code is a search of its own, not one more failure of the last.
  update phone_pool.purchases p set attempts = 0, area_code = v_area_code
  where p.id = p_purchase_id;
  perform phone_pool.retry_purchase(p_purchase_id, interval '0');
  if v_purchase.organization_id is null then
    return 'retrying';
  end if;
  update phone_pool.number_requests r set area_code = v_area_code
  where r.organization_id = v_purchase.organization_id and r.area_code is not null;
  -- The pool may have what will do now.
  perform phone_pool.serve_waiting();
  if exists (
    select from phone_pool.number_requests r where r.organization_id = v_purchase.organization_id
  ) then
    return 'retrying';
  end if;
  perform phone_pool.free_purchases(array[v_purchase.organization_id]);
  return 'cancelled';
end
$$;
comment on function phone_pool.widen_purchase(uuid) is
  'The area code has no numbers: the next one will do, for the purchase and for who waits for it; '
  'for the pool, any. Returns retrying; cancelled if the pool had what will do; failed if it was '
  'asked for by hand.';

create function phone_pool.widen_overdue_requests()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request record;
  v_area_code text;
  v_count int := 0;
begin
  for v_request in
    select r.id, r.organization_id, coalesce(r.wanted_area_code, r.area_code) as wanted
    from phone_pool.number_requests r, phone_pool.settings s
    where r.area_code is not null and r.requested_at < phone_pool.clock() - s.area_code_wait
    order by r.id
    limit 100
    for update of r skip locked
  loop
    select n.area_code into v_area_code
    from phone_pool.area_codes a, unnest(a.neighbours) with ordinality as n (area_code, distance)
    where a.area_code = v_request.wanted and exists (
      select from public.phone_numbers p
      where p.status = 'available' and p.area_code = n.area_code)
    order by n.distance
    limit 1;
    update phone_pool.number_requests r set area_code = v_area_code where r.id = v_request.id;
    -- Claimed or chosen, it goes on as it is: that number goes to whom it suits.
    update phone_pool.purchases p set area_code = null
    where p.organization_id = v_request.organization_id and p.status = 'planned'
      and p.claim_token is null;
    v_count := v_count + 1;
  end loop;
  if v_count > 0 then
    perform phone_pool.serve_waiting(500);
  end if;
  return v_count;
end
$$;
comment on function phone_pool.widen_overdue_requests() is
  'A step of the sweep: an organization that has waited area_code_wait for an area code takes what '
  'the pool has. Returns how many.';

create function phone_pool.close_cap_alerts()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if phone_pool.missing_numbers((select l.low_water from phone_pool.levels() l)) > 0
    or exists (
      select from phone_pool.number_requests r where r.area_code is not null and not exists (
        select from phone_pool.purchases p
        where p.organization_id = r.organization_id
          and p.status in ('planned', 'ordering', 'ordered')))
  then
    return 0;
  end if;
  perform phone_pool.close_alert('budget_reached');
  perform phone_pool.close_alert('max_numbers_reached');
  return 1;
end
$$;
comment on function phone_pool.close_cap_alerts() is
  'A step of the sweep: the alerts of caps are over when no organization waits because of one. '
  'Returns 1 if they are.';
