-- Serving the queue: each request once, in order, with the oldest number that suits it. A request
-- that cannot be written to its organization is tried with other numbers, which tells a number that
-- is to blame from an organization that is; it never holds up the next one.
--
-- Lock order: request and organization (skip locked), then number (skip locked).

create function phone_pool.serve_request(p_request_id bigint, p_phone_number_id uuid)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request phone_pool.number_requests;
begin
  delete from phone_pool.number_requests r where r.id = p_request_id returning * into v_request;
  if v_request.replaces is not null then
    perform phone_pool.suspend_numbers(
      array[v_request.organization_id], v_request.replace_reason, p_is_replaced => true);
  end if;
  perform phone_pool.assign_numbers(
    array[v_request.organization_id], array[p_phone_number_id], v_request.requested_at);
  perform phone_pool.close_alert('assignment_failed', v_request.organization_id::text);
  return null;
exception
  -- Says nothing of the row: the whole transaction is to be tried again.
  when serialization_failure then
    raise;
  when unique_violation then
    -- Phones may be unique, and this one stand somewhere else.
    raise warning 'phone_pool could not serve a waiting organization: %', sqlerrm;
    perform phone_pool.hold_back_if_shown(p_phone_number_id);
    return sqlerrm;
  when others then
    -- An organization whose row cannot be written (a trigger of the application's own, say) must
    -- not keep those behind it waiting, nor a number that was just bought out of the books.
    raise warning 'phone_pool could not serve a waiting organization: %', sqlerrm;
    return sqlerrm;
end
$$;
comment on function phone_pool.serve_request(bigint, uuid) is
  'Gives the number to the organization of that request, instead of the one that it replaces. '
  'Null; or, with nothing changed, why that failed; a number that stands as another '
  'organization''s unique phone is held back. The caller has locked request, organization and '
  'numbers.';

create function phone_pool.note_failed_request(
  p_request_id bigint,
  p_phone_number_id uuid,
  p_problem text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update phone_pool.number_requests r
  set failures = r.failures + 1, not_before = phone_pool.clock()
    + make_interval(mins => least(power(2, least(r.failures, 10)), 60)::int)
  where r.id = p_request_id;
  perform phone_pool.raise_alert('assignment_failed',
    format('…%s: %s', right(n.phone_number, 4), p_problem), r.organization_id::text)
  from phone_pool.number_requests r, public.phone_numbers n
  where r.id = p_request_id and n.id = p_phone_number_id;
end
$$;
comment on function phone_pool.note_failed_request(bigint, uuid, text) is
  'The organization of that request could not be given this number: it keeps its place, is tried '
  'again in a minute, later less and less often (an hour), and nobody waits behind it meanwhile.';

create function phone_pool.hold_back_number(p_phone_number_id uuid, p_reason text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.phone_numbers n
  set status = 'suspended', suspended_until = 'infinity', suspended_reason = p_reason,
    updated_at = phone_pool.clock()
  where n.id = p_phone_number_id and n.status = 'available';
  if found then
    perform phone_pool.raise_alert('number_held_back',
      format('…%s: %s', right(n.phone_number, 4), p_reason), n.id::text)
    from public.phone_numbers n where n.id = p_phone_number_id;
  end if;
end
$$;
comment on function phone_pool.hold_back_number(uuid, text) is
  'Takes a free number out of the pool until what p_reason says is over, and alerts.';

create function phone_pool.lock_replaced_number(p_phone_number_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_phone_number_id is not null then
    perform from public.phone_numbers n
    where n.id = p_phone_number_id for no key update skip locked;
    return found;
  end if;
  return true;
end
$$;
comment on function phone_pool.lock_replaced_number(uuid) is
  'Locks the number that is to be replaced; false if somebody has it, such as a call that is being '
  'permitted: the organization is served another time, and nobody waits.';

create function phone_pool.resume_waiting(p_limit int default 50)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_request record;
  v_number_id uuid;
  v_count int := 0;
begin
  for v_request in
    select r.id, r.organization_id
    from phone_pool.number_requests r
    join public.organizations o on o.id = r.organization_id
    where r.replaces is null and coalesce(r.not_before <= phone_pool.clock(), true)
      and exists (select from phone_pool.tenures t where t.organization_id = r.organization_id)
      and (phone_pool.resumable_tenure(r.organization_id)).id is not null
    order by r.id limit p_limit
    for update of r skip locked for no key update of o skip locked
  loop
    -- Somebody may have the number: the organization is not made to wait for that.
    v_number_id := (phone_pool.resumable_tenure(v_request.organization_id)).phone_number_id;
    perform from public.phone_numbers n where n.id = v_number_id for no key update skip locked;
    continue when not found;
    begin
      v_count := v_count + phone_pool.resume_number(v_request.organization_id)::int;
    exception
      when serialization_failure then
        raise;
      when others then
        raise warning 'phone_pool could not serve a waiting organization: %', sqlerrm;
        perform phone_pool.note_failed_request(v_request.id, v_number_id, sqlerrm);
    end;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.resume_waiting(int) is
  'Gives organizations that wait, p_limit at most, the number back that they held before, if it '
  'still rests. Returns how many. To be called in a transaction of its own.';

create function phone_pool.next_request(p_after bigint)
returns phone_pool.number_requests
language plpgsql
set search_path = pg_catalog, pg_temp
-- From the queue's beginning, by its index: the planner knows nothing of phone_digits(), believes
-- that nearly nobody is left, and would look at all of them each time.
set enable_seqscan = off
set enable_sort = off
as $$
#variable_conflict use_variable
declare
  v_now timestamptz := phone_pool.clock();
  v_request phone_pool.number_requests;
begin
  select r.* into v_request
  from phone_pool.number_requests r
  join public.organizations o on o.id = r.organization_id
  where r.id > p_after and coalesce(r.not_before <= v_now, true)
    and (phone_pool.phone_digits(o.phone) is null or r.replaces is not null)
    and exists (
      select from public.phone_numbers p
      where p.status = 'available'
        and (r.area_code is null or p.area_code = r.area_code
          and not phone_pool.is_unwelcome(r.organization_id, p.id)))
  order by r.id
  limit 1
  for update of r skip locked for no key update of o skip locked;
  return v_request;
end
$$;
comment on function phone_pool.next_request(bigint) is
  'Locks and returns the next request of the queue after p_after for which there is a free number; '
  'null when there is none. One that is locked, or not to be tried yet, is passed over.';

create function phone_pool.serve_next(
  p_request_id bigint,
  p_organization_id uuid,
  p_area_code text,
  inout p_suspects uuid[],
  out is_served boolean
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number_id uuid;
  v_tried uuid[] := '{}';
  v_problem text;
begin
  is_served := false;
  -- Another number tells whether it is to blame or the organization. A suspect comes last, and only
  -- one of them is tried.
  for i in 1..20 loop
    v_number_id := phone_pool.claim_number(p_organization_id, p_area_code, p_suspects || v_tried);
    if v_number_id is null and v_tried = '{}' then
      v_number_id := phone_pool.claim_number(p_organization_id, p_area_code);
    end if;
    exit when v_number_id is null;
    v_problem := phone_pool.serve_request(p_request_id, v_number_id);
    is_served := v_problem is null;
    exit when is_served;
    continue when not exists (
      select from public.phone_numbers n where n.id = v_number_id and n.status = 'available');
    v_tried := v_tried || v_number_id;
    exit when v_number_id = any (p_suspects) or cardinality(v_tried) = 5;
  end loop;
  if is_served then
    p_suspects := array_remove(p_suspects, v_number_id);
    perform phone_pool.hold_back_number(t.id, 'it could not be written to an organization')
    from unnest(v_tried) t (id);
  elsif v_tried <> '{}' then
    p_suspects := p_suspects || v_tried;
    perform phone_pool.note_failed_request(p_request_id, v_tried[1], v_problem);
  end if;
end
$$;
comment on function phone_pool.serve_next(bigint, uuid, text, uuid[]) is
  'Serves one request, whose organization the caller has locked: with the oldest number that suits '
  'it, or, should that fail, with one of the next four; then the numbers that failed are held '
  'back. p_suspects: numbers that could not be written to an organization in this run.';

create function phone_pool.pass_over(p_last_request_id bigint)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count int;
begin
  update phone_pool.number_requests r
  set failures = 1, not_before = phone_pool.clock() + interval '10 seconds'
  where r.id in (
    select w.id from phone_pool.number_requests w
    where w.id <= p_last_request_id and w.failures = 0 and exists (
      select from public.phone_numbers p
      where p.status = 'available' and (w.area_code is null or p.area_code = w.area_code
          and not phone_pool.is_unwelcome(w.organization_id, p.id))
        -- Not one that an open registration is taking.
        and (p.xmax = '0'::xid or not phone_pool.is_in_progress(p.xmax)))
    order by w.id limit 100
    for update skip locked);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function phone_pool.pass_over(bigint) is
  'Organizations that still wait although there is a number for them, because a client has their '
  'rows, do not keep newcomers waiting, who would have to queue behind them. Returns how many.';

create function phone_pool.serve_waiting(p_limit int default 100)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_request phone_pool.number_requests;
  v_result record;
  v_suspects uuid[] := '{}';
  v_served int := phone_pool.resume_waiting();
  v_newest bigint := (select max(r.id) from phone_pool.number_requests r);
  v_last bigint := 0;
begin
  -- Spares an empty pool the walk along the queue.
  if not exists (select from public.phone_numbers p where p.status = 'available') then
    return v_served;
  end if;
  -- Each request once, and only while there are numbers. One that is locked is passed over.
  for i in 1..p_limit loop
    v_request := phone_pool.next_request(v_last);
    exit when v_request.id is null;
    v_newest := case when i = p_limit then v_request.id else v_newest end;
    v_last := v_request.id;
    continue when not phone_pool.lock_replaced_number(v_request.replaces);
    v_result := phone_pool.serve_next(
      v_request.id, v_request.organization_id, v_request.area_code, v_suspects);
    v_suspects := v_result.p_suspects;
    v_served := v_served + v_result.is_served::int;
  end loop;
  perform phone_pool.pass_over(v_newest);
  return v_served;
end
$$;
comment on function phone_pool.serve_waiting(int) is
  'Gives free numbers to organizations that wait, first come first served, to p_limit of them at '
  'most. Returns how many were served. To be called in a transaction of its own.';
