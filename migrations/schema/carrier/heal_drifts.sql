-- What becomes of a drift: opened, closed when it is not found any more, healed where that is safe.

create function phone_pool.update_drifts(p_reconciliation_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  update phone_pool.drifts d
  set closed_at = v_now, healed_at = case when d.is_safe then v_now end
  where d.closed_at is null and not exists (
    select from phone_pool.find_drifts(p_reconciliation_id) f
    where f.kind = d.kind and f.phone_number = d.phone_number and f.is_safe = d.is_safe
      and f.detail = d.detail)
    -- These are found and closed elsewhere.
    and d.kind not in ('phone_overwritten', 'wrong_forwarding', 'wrong_name');
  insert into phone_pool.drifts (kind, phone_number, phone_number_id, purchase_id,
    telnyx_phone_number_id, detail, monthly_cost, is_safe, found_at, last_seen_at)
  select f.kind, f.phone_number, f.phone_number_id, f.purchase_id, f.telnyx_phone_number_id,
    f.detail, f.monthly_cost, f.is_safe, v_now, v_now
  from phone_pool.find_drifts(p_reconciliation_id) f
  on conflict (kind, phone_number) where closed_at is null do nothing;
  -- Put back, and not written over for a day. A client may have the row.
  update phone_pool.drifts d set closed_at = v_now, healed_at = v_now
  where d.id in (
    select l.id from phone_pool.drifts l
    where l.kind = 'phone_overwritten' and l.closed_at is null
      and l.last_seen_at < v_now - interval '1 day'
    for update skip locked);
  perform phone_pool.alert_drifts(v_now);
  perform phone_pool.delete_again();
end
$$;
comment on function phone_pool.update_drifts(bigint) is
  'Makes the open drifts what this reconciliation has found.';

create function phone_pool.follow_carrier_status(p_reconciliation_id bigint)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_number record;
  v_count int := 0;
begin
  for v_number in
    with seen as (
      select distinct on (n.id) n.id,
        case c.status when 'missing' then 'gone' else c.status end as carrier_status,
        -- Were nearly all of them gone, it would be the account that is another.
        count(*) filter (where c.status = 'missing') over () <= greatest(5, count(*) over () / 2)
          as is_few
      from phone_pool.carrier_numbers c
      join public.phone_numbers n on n.phone_number = c.phone_number and n.status <> 'released'
      where c.reconciliation_id = p_reconciliation_id
      order by n.id, c.status = 'active' desc
    )
    select n.id, n.phone_number, n.organization_id, n.suspended_until, s.carrier_status
    from seen s
    join public.phone_numbers n on n.id = s.id
    where s.carrier_status is distinct from n.carrier_status and s.carrier_status is not null
      and n.status <> 'released' and (s.is_few or s.carrier_status <> 'gone')
    order by n.id limit 500
    -- Just being assigned: the next sweep comes again.
    for no key update of n skip locked
  loop
    update public.phone_numbers n
    set carrier_status = v_number.carrier_status, updated_at = v_now,
      status = case when n.status = 'available' and v_number.carrier_status <> 'active'
        then 'suspended' else n.status end,
      suspended_until = case when n.status = 'available' and v_number.carrier_status <> 'active'
        then 'infinity' else n.suspended_until end,
      suspended_reason = case when n.status = 'available' and v_number.carrier_status <> 'active'
        then 'at Telnyx: ' || v_number.carrier_status else n.suspended_reason end
    where n.id = v_number.id;
    if v_number.suspended_until = 'infinity' and v_number.carrier_status = 'active' then
      perform phone_pool.put_back_number(v_number.id);
    end if;
    perform phone_pool.set_alert('number_gone',
      v_number.carrier_status = 'gone' and v_number.organization_id is not null, format(
        '…%s is not in the account any more, and organization %s cannot call',
        right(v_number.phone_number, 4), v_number.organization_id), v_number.id::text);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.follow_carrier_status(bigint) is
  'Writes what Telnyx says of our numbers: one that is not active leaves the pool. Returns how '
  'many changed.';

create function phone_pool.follow_carrier()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  select r.id into v_id from phone_pool.reconciliations r
  where r.result = 'compared' and r.finished_at > phone_pool.clock() - interval '1 hour'
  order by r.id desc limit 1;
  return case when v_id is null then 0 else phone_pool.follow_carrier_status(v_id) end;
end
$$;
comment on function phone_pool.follow_carrier() is
  'A step of the sweep: comes again to numbers that were being assigned when Telnyx was compared. '
  'Returns how many changed.';

create function phone_pool.alert_drifts(p_since timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform phone_pool.raise_alert('drift_found', format(
    '%s numbers, %s dollars a month: see admin_drift', count(*), sum(d.monthly_cost)), d.kind)
  from phone_pool.drifts d
  where d.closed_at is null and (not d.is_safe or d.last_error is not null)
  group by d.kind having max(d.found_at) >= p_since;
  -- Also what was raised a moment ago and is no alert yet.
  perform phone_pool.close_alert('drift_found', k.kind)
  from (select distinct d.kind from phone_pool.drifts d) k
  where not exists (
    select from phone_pool.drifts d
    where d.closed_at is null and d.kind = k.kind
      and (not d.is_safe or d.last_error is not null));
end
$$;
comment on function phone_pool.alert_drifts(timestamptz) is
  'One alert a kind of drift that does not heal itself, raised when a new one is found, closed '
  'with the last.';

create function phone_pool.delete_again()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What is still being deleted keeps its place and its backoff.
  update phone_pool.carrier_releases r
  set gone_at = null, attempts = 0, next_attempt_at = phone_pool.clock()
  from phone_pool.drifts d
  where d.kind = 'released_still_billed' and d.is_safe and d.closed_at is null
    and r.phone_number_id = d.phone_number_id and r.gone_at is not null;
  if found then
    perform phone_pool.nudge('release-numbers');
  end if;
end
$$;
comment on function phone_pool.delete_again() is
  'A number that was gone and is billed again is deleted again, and rented until then.';

create function phone_pool_worker.heal_drift(p_drift_id bigint)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_drift phone_pool.drifts;
begin
  update phone_pool.drifts d
  set closed_at = phone_pool.clock(), healed_at = phone_pool.clock(), last_error = null
  where d.id = p_drift_id and d.is_safe and d.closed_at is null
    and d.kind in ('unknown_at_carrier', 'wrong_connection', 'wrong_reference')
  returning * into v_drift;
  if found and v_drift.kind = 'unknown_at_carrier' then
    perform phone_pool.adopt_number(v_drift);
  end if;
  perform phone_pool.alert_drifts('infinity');
end
$$;
comment on function phone_pool_worker.heal_drift(bigint) is
  'The number is at Telnyx as it should be: the drift is over. A number of ours that was unknown '
  'joins the pool, or serves who waits. Security definer: see claim_purchases.';

create function phone_pool.adopt_number(p_drift phone_pool.drifts)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_purchase phone_pool.purchases;
  v_id uuid;
begin
  select * into v_purchase from phone_pool.purchases p where p.id = p_drift.purchase_id for update;
  -- One that was given up has bought it after all; one that is under way will buy another.
  if v_purchase.status in ('failed', 'cancelled') then
    begin
      update phone_pool.purchases p
      set status = 'owned', phone_number = p_drift.phone_number, chosen_at = v_now,
        owned_at = v_now, ended_at = null
      where p.id = v_purchase.id;
    exception when unique_violation then
      -- Another purchase has that number: the number is taken in, that one keeps its record.
      v_purchase.id := null;
    end;
  else
    v_purchase.id := null;
  end if;
  insert into public.phone_numbers (phone_number, telnyx_phone_number_id, area_code, monthly_cost,
    purchase_id, purchased_at, carrier_status)
  values (p_drift.phone_number, p_drift.telnyx_phone_number_id, substr(p_drift.phone_number, 3, 3),
    coalesce(v_purchase.monthly_cost, p_drift.monthly_cost), v_purchase.id, v_now, 'active')
  on conflict (phone_number) do nothing
  returning case when status = 'available' then id end into v_id;
  if v_id is not null then
    perform phone_pool.take_in_number(v_id, v_purchase.organization_id);
  end if;
end
$$;
comment on function phone_pool.adopt_number(phone_pool.drifts) is
  'A number that is ours by its customer_reference or tag, and of which there was no record.';

create function phone_pool_worker.record_drift_failure(p_drift_id bigint, p_error text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Told once; it is tried again with every reconciliation.
  perform phone_pool.raise_alert('drift_found', 'could not be healed: see admin_drift', d.kind)
  from phone_pool.drifts d
  where d.id = p_drift_id and d.closed_at is null and d.last_error is null;
  update phone_pool.drifts d set last_error = left(p_error, 500)
  where d.id = p_drift_id and d.closed_at is null;
end
$$;
comment on function phone_pool_worker.record_drift_failure(bigint, text) is
  'The drift could not be healed at Telnyx now. Security definer: see claim_purchases.';
