-- The one place where a number becomes an organization's, and the queue of organizations that wait.
--
-- Two doors: assign_numbers() gives now, what is free and what nobody waits for; serve_waiting()
-- serves the queue, one organization after the other. A registration uses the first for itself and
-- never the second: an open transaction of a client holds no number of another organization.
--
-- Lock order: number_requests, organizations, phone_numbers, all by `skip locked`. Numbers are
-- locked `for no key update`: what refers to one (a drift, a call, a table of the application's) is
-- not kept waiting by an open transaction.

-- Functions that read organizations say `#variable_conflict use_variable`, or name their arguments
-- with the function: the application may have columns of any name.
create function phone_pool.assign_numbers(
  p_organization_ids uuid[],
  p_phone_number_ids uuid[] default null,
  p_requested_at timestamptz default null,
  out assigned int,
  out last_purchased_at timestamptz
)
language plpgsql
-- Fires the application's own triggers on organizations, which expect its path. Whoever may create
-- in public must not be called instead: every function here is named with its schema.
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_variable
declare
  v_now timestamptz := phone_pool.clock();
begin
  -- One statement: half of what a registration costs beyond its rows is starting statements. And a
  -- number changes hands with its tenure, by one statement.
  with assigned as (
    update public.phone_numbers p
    set status = 'assigned', organization_id = pair.organization_id, suspended_until = null,
      suspended_reason = null, assigned_at = v_now, updated_at = v_now
    from unnest(coalesce(p_phone_number_ids, array(
      select c.id from public.phone_numbers c
      where c.status operator(pg_catalog.=) 'available'
        -- Organizations that wait for any number, or for one of this area code, come first.
        and not exists (
          select from phone_pool.number_requests r
          where r.area_code is null and r.failures operator(pg_catalog.=) 0)
        and (select true from phone_pool.number_requests r
          where r.area_code operator(pg_catalog.=) c.area_code
            and r.failures operator(pg_catalog.=) 0 limit 1) is null
      order by c.purchased_at, c.id
      limit pg_catalog.cardinality(p_organization_ids)
      for no key update skip locked
    )), p_organization_ids) as pair (id, organization_id)
    where p.id operator(pg_catalog.=) pair.id
    returning p.id, p.organization_id, p.phone_number, p.purchased_at
  ),
  written as (
    update public.organizations o set phone = a.phone_number
    from assigned a where o.id operator(pg_catalog.=) a.organization_id
    returning a.id as phone_number_id, o.id as organization_id
  ),
  -- Last, so that the time it took includes what the application does with the row.
  opened as (
    insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
    select w.phone_number_id, w.organization_id, coalesce(p_requested_at, v_now),
      pg_catalog.tstzrange(phone_pool.clock(), null)
    from written w
  )
  select pg_catalog.count(*), pg_catalog.max(a.purchased_at)
  into strict assigned, last_purchased_at
  from assigned a;
end
$$;
comment on function phone_pool.assign_numbers(uuid[], uuid[], timestamptz) is
  'Gives number k to organization k: the number''s row, its tenure and organizations.phone in one '
  'statement. The caller has locked the numbers; without any, they are the oldest that are free '
  'and that nobody waits for. p_requested_at: when the organizations asked. Returns how many, '
  'the first of those given, got one, and where in the pool (purchased_at) the last one was.';

create function phone_pool.show_phones(p_organization_ids uuid[], p_phones text[])
returns void
language sql
-- See assign_numbers: nothing else writes organizations.
set search_path = public, extensions, pg_temp
as $$
  update public.organizations o set phone = w.phone
  from unnest(show_phones.p_organization_ids, show_phones.p_phones) as w (id, phone)
  where o.id operator(pg_catalog.=) w.id and not coalesce(
    o.phone operator(pg_catalog.=) w.phone, o.phone is null and w.phone is null);
$$;
comment on function phone_pool.show_phones(uuid[], text[]) is
  'Writes organizations.phone: phone k of organization k, null for none.';

create function phone_pool.claim_number(
  p_organization_id uuid,
  p_area_code text default null,
  p_except uuid[] default '{}'
)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
  v_is_known boolean := exists (
    select from phone_pool.tenures t where t.organization_id = p_organization_id);
begin
  if p_area_code is null then
    select p.id into v_id from public.phone_numbers p
    where p.status = 'available' and p.id <> all (p_except)
      and not (v_is_known and phone_pool.is_unwelcome(p_organization_id, p.id))
    order by p.purchased_at, p.id limit 1 for no key update skip locked;
  else
    select p.id into v_id from public.phone_numbers p
    where p.status = 'available' and p.area_code = p_area_code and p.id <> all (p_except)
      and not (v_is_known and phone_pool.is_unwelcome(p_organization_id, p.id))
    order by p.purchased_at, p.id limit 1 for no key update skip locked;
  end if;
  -- An organization that wants an area code waits for a purchase anyway; one that takes any number
  -- gets one now, unless it was replaced for it.
  if v_id is null and p_area_code is null and v_is_known then
    select p.id into v_id from public.phone_numbers p
    where p.status = 'available' and p.id <> all (p_except) and not exists (
      select from phone_pool.tenures t
      where t.phone_number_id = p.id and t.organization_id = p_organization_id and t.is_replaced)
    order by p.purchased_at, p.id limit 1 for no key update skip locked;
  end if;
  return v_id;
end
$$;
comment on function phone_pool.claim_number(uuid, text, uuid[]) is
  'Locks the oldest free number for the organization, of the area code if one is given and none of '
  'p_except; null when there is none. A number whose earlier holders called the same patients '
  'comes last, and only where no area code is asked for; one that was replaced for it never '
  'comes back.';
