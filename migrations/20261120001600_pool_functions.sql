-- What applications and admins do with numbers. Executable by service_role only; security definer,
-- because service_role changes the pool by these functions and not by writing rows.

create function public.request_phone_number(p_organization_id uuid, p_area_code text default null)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_organization public.organizations;
  v_number public.phone_numbers;
begin
  if p_area_code !~ '^[2-9][0-9]{2}$' then
    perform phone_pool.raise_error('invalid_request', 'p_area_code is three digits, such as 415');
  end if;
  select * into v_organization from public.organizations o where o.id = p_organization_id
  for no key update;
  if not found then
    perform phone_pool.raise_error('organization_not_found', p_organization_id::text);
  elsif v_organization.subscription_status =
    any (array(select unnest(s.inactive_statuses) from phone_pool.settings s)) then
    perform phone_pool.raise_error('organization_inactive', v_organization.subscription_status);
  end if;
  select * into v_number from public.phone_numbers n where n.organization_id = p_organization_id;
  if found then
    return v_number;
  elsif v_organization.phone is not null then
    -- A number that it brought is never overwritten, as registration and release leave it alone.
    perform phone_pool.raise_error('has_own_phone', p_organization_id::text);
  end if;
  if phone_pool.serve_organization(p_organization_id, p_area_code) then
    perform phone_pool.nudge('replenish-pool');
  end if;
  select * into v_number from public.phone_numbers n where n.organization_id = p_organization_id;
  return v_number;
end
$$;
comment on function public.request_phone_number(uuid, text) is
  'A number for an existing organization: the one it has, else the one that it gave up and that '
  'is still in quarantine, else one from the pool (of p_area_code, three digits, if given), else '
  'null and the organization waits while one is bought. Raises organization_not_found, '
  'organization_inactive, has_own_phone (it brought one that is not of the pool), '
  'invalid_request. Security definer: service_role changes the pool by functions only.';

create function public.order_phone_numbers(p_quantity int, p_area_code text default null)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_planned int;
begin
  if p_quantity is null or p_quantity not between 1 and 1000 then
    perform phone_pool.raise_error('invalid_request', 'p_quantity is 1 to 1000');
  elsif p_area_code !~ '^[2-9][0-9]{2}$' then
    perform phone_pool.raise_error('invalid_request', 'p_area_code is three digits, such as 415');
  end if;
  perform phone_pool.lock_planning();
  v_planned := phone_pool.plan_purchases(p_quantity, 'requested', p_area_code);
  if v_planned > 0 then
    perform phone_pool.nudge('replenish-pool');
  end if;
  return v_planned;
end
$$;
comment on function public.order_phone_numbers(int, text) is
  'Buys p_quantity (1 to 1000) numbers for the pool, as far as max_numbers and the budget allow. '
  'Returns how many were planned. Raises invalid_request. Security definer: see '
  'request_phone_number.';

create function public.add_phone_number(p_phone_number text, p_telnyx_phone_number_id text)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_number public.phone_numbers;
begin
  if coalesce(p_phone_number, '') !~ '^\+1[2-9][0-9]{9}$' then
    perform phone_pool.raise_error('invalid_request',
      'p_phone_number is a US number in E.164 form, such as +12125550100');
  elsif coalesce(p_telnyx_phone_number_id, '') = '' then
    perform phone_pool.raise_error('invalid_request', 'p_telnyx_phone_number_id is missing');
  elsif exists (
    select from public.phone_numbers n
    where n.telnyx_phone_number_id = p_telnyx_phone_number_id
      and n.phone_number <> p_phone_number
  ) then
    perform phone_pool.raise_error('invalid_request',
      'p_telnyx_phone_number_id is the id of another number');
  end if;
  insert into public.phone_numbers
    (phone_number, telnyx_phone_number_id, area_code, monthly_cost, purchased_at)
  select p_phone_number, p_telnyx_phone_number_id, substr(p_phone_number, 3, 3),
    s.number_monthly_cost_usd, phone_pool.clock()
  from phone_pool.settings s
  on conflict (phone_number) do nothing
  returning * into v_number;
  if found then
    perform phone_pool.serve_with_number(v_number.id, null);
  end if;
  select * into strict v_number from public.phone_numbers n
  where n.phone_number = p_phone_number;
  return v_number;
end
$$;
comment on function public.add_phone_number(text, text) is
  'A number bought by hand (E.164, and its id at Telnyx) joins the pool, or serves who waits. '
  'Known already: its row, unchanged. Raises invalid_request. Security definer: see '
  'request_phone_number.';

create function public.backfill_organizations(p_limit int default 1000)
returns table (assigned int, waiting int)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_organization_ids uuid[];
  v_strangers uuid[];
begin
  select array_agg(b.id) into v_organization_ids
  from (
    select o.id from public.organizations o
    where o.phone is null
      and coalesce(o.subscription_status, '') <>
        all (array(select unnest(s.inactive_statuses) from phone_pool.settings s))
      and not exists (select from phone_pool.number_requests r where r.organization_id = o.id)
      and not exists (select from public.phone_numbers n where n.organization_id = o.id)
    order by o.created_at, o.id
    limit p_limit
    for no key update skip locked
  ) b;
  if v_organization_ids is not null then
    v_strangers := phone_pool.serve_returning(v_organization_ids);
    if v_strangers is not null then
      -- By way of the queue, where one that the application refuses to change stops nobody else.
      insert into phone_pool.number_requests
        (organization_id, area_code, wanted_area_code, requested_at)
      select o.id, phone_pool.wanted_area_code(o.settings),
        phone_pool.wanted_area_code(o.settings), phone_pool.clock()
      from unnest(v_strangers) with ordinality as s (id, place)
      join public.organizations o on o.id = s.id
      order by s.place
      on conflict (organization_id) do nothing;
      perform phone_pool.serve_waiting(p_limit);
    end if;
    if phone_pool.refill() + phone_pool.plan_area_code_purchases() > 0 then
      perform phone_pool.nudge('replenish-pool');
    end if;
  end if;
  return query
  select count(n.id)::int, (count(o.id) - count(n.id))::int
  from unnest(v_organization_ids) as o (id)
  left join public.phone_numbers n on n.organization_id = o.id;
end
$$;
comment on function public.backfill_organizations(int) is
  'Gives p_limit active organizations without a number one each, oldest first, or a place in the '
  'queue. Safe to repeat: 0 and 0 when nobody is left. Security definer: see '
  'request_phone_number.';

revoke execute on all functions in schema phone_pool from public;
revoke execute on function public.request_phone_number(uuid, text),
  public.order_phone_numbers(int, text),
  public.add_phone_number(text, text), public.backfill_organizations(int)
  from public, anon, authenticated;
grant execute on function public.request_phone_number(uuid, text),
  public.order_phone_numbers(int, text),
  public.add_phone_number(text, text), public.backfill_organizations(int)
  to service_role;
