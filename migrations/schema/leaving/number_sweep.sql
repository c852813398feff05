-- The sweep's steps for the life of numbers: quarantines end, and what failed to follow an
-- organization is caught up. Each is bounded.

create function phone_pool.surplus_limit()
returns int
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- Never below what a refill buys up to: what is given back today would be bought tomorrow.
  select (greatest(s.keep_idle_above, l.low_water + l.batch_size)
    + (select count(*) from (select from phone_pool.number_requests r limit 1000) w))::int
  from phone_pool.settings s, phone_pool.levels() l;
$$;
comment on function phone_pool.surplus_limit() is
  'How many available numbers are kept: more than that goes back to Telnyx.';

create function phone_pool.end_quarantines(p_limit int default 200)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_now timestamptz := phone_pool.clock();
  v_limit int := phone_pool.surplus_limit();
  v_wanted int := v_limit - phone_pool.count_available(v_limit);
  v_ids uuid[];
  v_shown uuid[] := '{}';
  v_count int;
begin
  v_ids := array(
    select n.id from public.phone_numbers n
    where n.status = 'suspended' and n.suspended_until <= v_now
      and (n.retired_at is not null or coalesce(n.carrier_status, 'active') = 'active'
        and phone_pool.line_allows(n.id))
      -- The tenure is the truth: should the two ever disagree, the later end counts.
      and not exists (select from phone_pool.tenures t where t.phone_number_id = n.id
        and coalesce(t.resumed_at, t.quarantine_until, 'infinity') > v_now)
    order by n.suspended_until, n.id
    limit p_limit
    for no key update skip locked);
  if cardinality(v_ids) = 0 then
    return 0;
  end if;
  -- One that an organization still shows is not given to another.
  select coalesce(array_agg(distinct n.id), '{}') into strict v_shown
  from public.phone_numbers n
  join public.organizations o
    on phone_pool.phone_digits(o.phone) = phone_pool.phone_digits(n.phone_number)
  where n.id = any (v_ids) and n.retired_at is null;
  with decided as (
    select n.id, n.id = any (v_shown) as is_shown, n.retired_at is not null
      or (count(*) filter (where n.retired_at is null and n.id <> all (v_shown))
        over (order by n.suspended_until, n.id) > v_wanted and n.id <> all (v_shown)) as goes_back
    from public.phone_numbers n where n.id = any (v_ids)
  )
  update public.phone_numbers n
  set status = case when d.goes_back then 'released' when d.is_shown then 'suspended'
      else 'available' end,
    released_at = case when d.goes_back then v_now end,
    suspended_until = case when d.is_shown and not d.goes_back then 'infinity'::timestamptz end,
    suspended_reason = case when d.is_shown and not d.goes_back then 'shown by an organization' end,
    updated_at = v_now
  from decided d where n.id = d.id;
  get diagnostics v_count = row_count;
  perform phone_pool.raise_alert('number_held_back',
    format('…%s: %s', right(n.phone_number, 4), n.suspended_reason), n.id::text)
  from public.phone_numbers n where n.id = any (v_shown) and n.status = 'suspended';
  return v_count;
end
$$;
comment on function phone_pool.end_quarantines(int) is
  'Numbers whose quarantine is over, p_limit at most: retired ones and those beyond '
  'surplus_limit() go back to Telnyx; one that an organization shows is held back; the others '
  'are available again. One whose line is not clear rests on. Returns how many.';

create function phone_pool.give_back_surplus(p_limit int default 50)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_limit int := phone_pool.surplus_limit();
  v_count int;
begin
  if phone_pool.count_available(v_limit + 1) <= v_limit then
    return 0;
  end if;
  update public.phone_numbers n
  set status = 'released', released_at = v_now, updated_at = v_now
  where n.id in (
    select p.id from public.phone_numbers p
    where p.status = 'available' and p.purchased_at < v_now - interval '30 days'
      -- Since it became available: its rent is paid by the month.
      and p.updated_at < v_now - interval '30 days'
    order by p.purchased_at desc, p.id desc
    limit least(p_limit, phone_pool.count_available(v_limit + p_limit) - v_limit)
    for no key update skip locked);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function phone_pool.give_back_surplus(int) is
  'A step of the sweep: numbers beyond surplus_limit() that have been available for 30 days go '
  'back to Telnyx, p_limit at most; what asks for numbers takes the oldest, so the youngest go. '
  'Returns how many.';

create function phone_pool.catch_up_churn()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_last timestamptz;
  v_id uuid;
  v_count int := 0;
begin
  -- Once a day, as settings.inactive_statuses may have changed; at once after a failure.
  select h.last_at into v_last from phone_pool.heartbeats h where h.job = 'catch_up_churn';
  if v_last > phone_pool.clock() - interval '1 day' and not exists (
    select from phone_pool.alerts a where a.kind = 'churn_failed' and a.closed_at is null
  ) then
    return 0;
  end if;
  perform phone_pool.close_alert(a.kind, a.subject) from phone_pool.alerts a
  where a.kind = 'churn_failed' and a.closed_at is null;
  for v_id in
    select p.organization_id from public.phone_numbers p
    left join public.organizations o on o.id = p.organization_id
    where p.organization_id is not null and (o.subscription_status =
        any (array(select unnest(s.inactive_statuses) from phone_pool.settings s))
      -- Deleted where no trigger fires: session_replication_role is replica.
      or o.id is null)
    order by p.updated_at limit 200
  loop
    -- One that a client has, or whose call is being permitted, is caught up another time.
    perform from public.organizations o where o.id = v_id for no key update skip locked;
    continue when not found and exists (select from public.organizations o where o.id = v_id);
    perform from public.phone_numbers n
    where n.organization_id = v_id for no key update skip locked;
    continue when not found;
    begin
      v_count := v_count + phone_pool.suspend_numbers(array[v_id], 'subscription_status');
      -- Nobody knows any more what the row was: only a trusted writer may bring it back.
      update phone_pool.tenures t set deleted_as = 'unknown'
      where t.organization_id = v_id and t.deleted_as is null
        and not exists (select from public.organizations o where o.id = v_id);
    exception
      when serialization_failure then
        raise;
      when others then
        raise warning 'phone_pool could not take back a number: %', sqlerrm;
        perform phone_pool.raise_alert('churn_failed', sqlerrm, v_id::text);
    end;
  end loop;
  perform phone_pool.beat('catch_up_churn', jsonb_build_object('suspended', v_count));
  return v_count;
end
$$;
comment on function phone_pool.catch_up_churn() is
  'Suspends the numbers of organizations that are inactive or gone and still hold one. Returns how '
  'many.';

create function phone_pool.free_orphaned_purchases()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gone uuid[];
begin
  select array_agg(p.organization_id) into v_gone
  from phone_pool.purchases p
  where p.status in ('planned', 'ordering', 'ordered') and p.organization_id is not null
    and not exists (
      select from phone_pool.number_requests r where r.organization_id = p.organization_id
    );
  return case when v_gone is null then 0 else phone_pool.free_purchases(v_gone) end;
end
$$;
comment on function phone_pool.free_orphaned_purchases() is
  'Frees purchases for organizations that no longer wait. Returns how many.';
