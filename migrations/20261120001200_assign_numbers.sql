-- The one place where a number becomes an organization's, and the queue of those who wait.
--
-- Lock order: number_requests, organizations, phone_numbers, all by `skip locked`: nobody here
-- waits for anybody. Whoever is skipped is served by the next number or by the sweep.

create function phone_pool.assign_numbers(
  p_organization_ids uuid[],
  p_phone_number_ids uuid[] default null,
  p_requested_at timestamptz[] default null,
  out assigned int,
  out last_purchased_at timestamptz
)
language plpgsql
-- Fires the application's own triggers on organizations, which expect its path. What somebody else
-- created in public must not run instead: functions and operators are named with their schema too.
set search_path = public, extensions, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_writer text := pg_catalog.set_config('phone_pool.writer', 'function', true);
begin
  -- One statement: half of what a registration costs beyond its rows is starting statements.
  with assigned as (
    update public.phone_numbers p
    set status = 'assigned', organization_id = pair.organization_id, suspended_until = null,
      assigned_at = v_now, updated_at = v_now
    from unnest(coalesce(p_phone_number_ids, array(
      select c.id from public.phone_numbers c
      where c.status operator(pg_catalog.=) 'available'
        -- Whoever waits for any number, or for one of this area code, comes first.
        and not exists (select from phone_pool.number_requests r where r.area_code is null)
        and (select true from phone_pool.number_requests r
          where r.area_code operator(pg_catalog.=) c.area_code limit 1) is null
      order by c.purchased_at, c.id
      limit pg_catalog.cardinality(p_organization_ids)
      for update skip locked
    )), p_organization_ids, p_requested_at) as pair (id, organization_id, requested_at)
    where p.id operator(pg_catalog.=) pair.id
    returning p.id, p.organization_id, p.phone_number, p.purchased_at,
      coalesce(pair.requested_at, v_now) as requested_at
  ),
  opened as (
    insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
    select a.id, a.organization_id, a.requested_at, pg_catalog.tstzrange(v_now, null)
    from assigned a
  ),
  written as (
    update public.organizations o set phone = a.phone_number
    from assigned a where o.id operator(pg_catalog.=) a.organization_id
  )
  select pg_catalog.count(*), pg_catalog.max(a.purchased_at)
  into strict assigned, last_purchased_at
  from assigned a;
  v_writer := pg_catalog.set_config('phone_pool.writer', '', true);
end
$$;
comment on function phone_pool.assign_numbers(uuid[], uuid[], timestamptz[]) is
  'Gives number k to organization k, which asked at moment k: the number''s row, its tenure and '
  'organizations.phone in one statement. The caller has locked the numbers; without any, they are '
  'the oldest that are free and that nobody waits for. Returns how many, the first of those given, '
  'got one, and where in the pool (purchased_at) the last one was.';

create function phone_pool.claim_number(p_area_code text default null)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  if p_area_code is null then
    select p.id into v_id from public.phone_numbers p
    where p.status = 'available'
    order by p.purchased_at, p.id limit 1 for update skip locked;
  else
    select p.id into v_id from public.phone_numbers p
    where p.status = 'available' and p.area_code = p_area_code
    order by p.purchased_at, p.id limit 1 for update skip locked;
  end if;
  return v_id;
end
$$;
comment on function phone_pool.claim_number(text) is
  'Locks the oldest free number of the pool, of the area code if one is given; null when none is '
  'free.';

create function phone_pool.serve_request(p_request_id bigint, p_phone_number_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request phone_pool.number_requests;
begin
  delete from phone_pool.number_requests r where r.id = p_request_id returning * into v_request;
  perform phone_pool.assign_numbers(
    array[v_request.organization_id], array[p_phone_number_id], array[v_request.requested_at]);
  perform phone_pool.close_alert('assignment_failed', v_request.organization_id::text);
  return true;
exception when others then
  -- An organization whose row cannot be written (a trigger of the application's own, say) must not
  -- keep those behind it waiting, nor a number that was just bought out of the books.
  raise warning 'phone_pool could not serve a waiting organization: %', sqlerrm;
  -- To the end of the queue: the next run begins with those who can be served.
  update phone_pool.number_requests r set id = default where r.id = p_request_id;
  perform phone_pool.raise_alert('assignment_failed', sqlerrm, v_request.organization_id::text);
  return false;
end
$$;
comment on function phone_pool.serve_request(bigint, uuid) is
  'Gives the number to whoever made the request. False, with an alert and nothing changed, if that '
  'failed. The caller has locked request, organization and number.';

create function phone_pool.serve_waiting(p_limit int default 100)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request record;
  v_number_id uuid;
  v_served int := 0;
  v_last bigint := 0;
begin
  -- Spares an empty pool the walk along the queue.
  if not exists (select from public.phone_numbers p where p.status = 'available') then
    return 0;
  end if;
  -- One at a time, and only while there are numbers: a request that is locked and gets none here is
  -- passed over by the numbers that arrive meanwhile; one that cannot be served is stepped over.
  for i in 1..p_limit loop
    select r.id, r.organization_id, r.area_code into v_request
    from phone_pool.number_requests r
    join public.organizations o on o.id = r.organization_id
    where r.id > v_last and o.phone is null and exists (
      select from public.phone_numbers p
      where p.status = 'available' and (r.area_code is null or p.area_code = r.area_code
        and not phone_pool.shares_callees(r.organization_id, p.id))
    )
    order by r.id
    limit 1
    for update of r skip locked for no key update of o skip locked;
    exit when not found;
    v_last := v_request.id;
    v_number_id := phone_pool.claim_number_for(v_request.organization_id, v_request.area_code);
    continue when v_number_id is null;
    if phone_pool.serve_request(v_request.id, v_number_id) then
      v_served := v_served + 1;
    end if;
  end loop;
  return v_served;
end
$$;
comment on function phone_pool.serve_waiting(int) is
  'Gives free numbers to those who wait, first come first served, to p_limit organizations at '
  'most. Returns how many were served.';

revoke execute on all functions in schema phone_pool from public;
