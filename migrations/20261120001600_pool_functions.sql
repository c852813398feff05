-- What applications and admins do with numbers. Executable by service_role only; security definer,
-- because service_role changes the pool by these functions and not by writing rows. Each may be
-- called in a transaction of the application's own that lasts: it writes rows of the organization
-- that it is about, and nudges.

create function phone_pool.require_area_code(p_area_code text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_area_code is not null and not phone_pool.is_area_code(p_area_code) then
    perform phone_pool.raise_error('invalid_request',
      'p_area_code is an area code of the United States, three digits such as 415');
  end if;
end
$$;
comment on function phone_pool.require_area_code(text) is
  'Raises invalid_request unless it is an area code of the United States, or null.';

create function phone_pool.lock_active_organization(p_organization_id uuid)
returns public.organizations
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_organization public.organizations;
begin
  select * into v_organization from public.organizations o where o.id = p_organization_id
  for no key update;
  if not found then
    perform phone_pool.raise_error('organization_not_found', p_organization_id::text);
  elsif v_organization.subscription_status =
    any (array(select unnest(s.inactive_statuses) from phone_pool.settings s)) then
    perform phone_pool.raise_error('organization_inactive', v_organization.subscription_status);
  end if;
  return v_organization;
end
$$;
comment on function phone_pool.lock_active_organization(uuid) is
  'Locks and returns the organization. Raises organization_not_found, organization_inactive.';

create function public.register_organization(p_organization jsonb)
returns public.organizations
language plpgsql
-- As the caller, whose row security and whose triggers apply; these expect the application's path.
set search_path = public, extensions, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_unknown text;
  v_id uuid;
  v_organization public.organizations;
begin
  if (pg_catalog.jsonb_typeof(p_organization) operator(pg_catalog.=) 'object') is not true then
    raise exception using errcode = 'PP005', message = 'The request is not valid',
      detail = 'p_organization is an object of columns and values';
  end if;
  select pg_catalog.string_agg(k.name, ', ') into v_unknown
  from pg_catalog.jsonb_object_keys(p_organization) as k (name)
  where not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid operator(pg_catalog.=) 'public.organizations'::pg_catalog.regclass
      and a.attname operator(pg_catalog.=) k.name and a.attnum operator(pg_catalog.>) 0
      and not a.attisdropped);
  if v_unknown is not null then
    raise exception using errcode = 'PP005', message = 'The request is not valid',
      detail = pg_catalog.concat('organizations has no column ', v_unknown);
  end if;
  -- Not strict: a trigger of the application may keep the row out.
  if p_organization operator(pg_catalog.=) '{}' then
    insert into public.organizations default values returning id into v_id;
  else
    execute pg_catalog.format('insert into public.organizations (%1$s) select %1$s '
      'from pg_catalog.jsonb_populate_record(null::public.organizations, $1) returning id', (
        select pg_catalog.string_agg(pg_catalog.quote_ident(k.name), ', ')
        from pg_catalog.jsonb_object_keys(p_organization) as k (name)))
    into v_id using p_organization;
  end if;
  -- Read again: RETURNING shows the row as it was before the trigger had given it its number.
  select o.* into v_organization from public.organizations o
  where o.id operator(pg_catalog.=) v_id;
  return v_organization;
end
$$;
comment on function public.register_organization(jsonb) is
  'Inserts an organization with exactly the columns given and returns its row with its phone; '
  'phone null: it waits for a number. Null where a trigger of the application does not let the '
  'row in. Runs as the caller: grants and row security of organizations apply. Raises '
  'invalid_request (PP005) for an unknown column, and whatever the insert raises.';

create function public.request_phone_number(
  p_organization_id uuid,
  p_area_code text default null,
  p_replace_own boolean default false
)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_organization public.organizations;
  v_number public.phone_numbers;
begin
  perform phone_pool.require_area_code(p_area_code);
  v_organization := phone_pool.lock_active_organization(p_organization_id);
  select * into v_number from public.phone_numbers n where n.organization_id = p_organization_id;
  if found then
    return v_number;
  elsif phone_pool.is_own_phone(v_organization.phone) then
    -- A number that it brought is not overwritten, unless that is what is asked for.
    if not coalesce(p_replace_own, false) then
      perform phone_pool.raise_error('has_own_phone', p_organization_id::text);
    end if;
    perform phone_pool.show_phones(array[p_organization_id], array[null::text]);
  end if;
  delete from phone_pool.organizations_without_number w
  where w.organization_id = p_organization_id;
  if not phone_pool.give_number(p_organization_id, p_area_code) then
    perform phone_pool.nudge_planner();
    return null;
  end if;
  select * into strict v_number from public.phone_numbers n
  where n.organization_id = p_organization_id;
  return v_number;
end
$$;
comment on function public.request_phone_number(uuid, text, boolean) is
  'A number for an existing organization: the one it has, else the one that it gave up and that '
  'still rests, else one from the pool (of p_area_code, three digits, if given), else null and the '
  'organization waits while one is bought. p_replace_own: also instead of a phone that it brought. '
  'Raises organization_not_found, organization_inactive, has_own_phone, invalid_request. Security '
  'definer: service_role changes the pool by functions only.';

create function public.replace_phone_number(
  p_organization_id uuid,
  p_reason text,
  p_area_code text default null
)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_old public.phone_numbers;
  v_new public.phone_numbers;
  v_id uuid;
begin
  if coalesce(p_reason, '') !~ '\S' then
    perform phone_pool.raise_error('invalid_request', 'p_reason is missing');
  end if;
  perform phone_pool.require_area_code(p_area_code);
  perform phone_pool.lock_active_organization(p_organization_id);
  select * into v_old from public.phone_numbers n where n.organization_id = p_organization_id
  for no key update;
  if not found then
    perform phone_pool.raise_error('no_phone_number', p_organization_id::text);
  end if;
  -- The new one first: without one, the organization keeps what it has.
  if not exists (
    select from phone_pool.number_requests r
    where r.failures = 0 and r.organization_id <> p_organization_id
      and (r.area_code is null or p_area_code is null or r.area_code = p_area_code)
  ) then
    v_id := phone_pool.claim_number(p_organization_id, p_area_code);
  end if;
  if v_id is null then
    insert into phone_pool.number_requests as r (organization_id, area_code, wanted_area_code,
      requested_at, replaces, replace_reason)
    values (p_organization_id, p_area_code, p_area_code, phone_pool.clock(), v_old.id, p_reason)
    on conflict (organization_id) do update
    set replaces = excluded.replaces, replace_reason = excluded.replace_reason,
      area_code = excluded.area_code, wanted_area_code = excluded.wanted_area_code;
    perform phone_pool.nudge_planner();
    return v_old;
  end if;
  perform phone_pool.suspend_numbers(
    array[p_organization_id], p_reason, p_is_replaced => true);
  perform phone_pool.assign_numbers(array[p_organization_id], array[v_id]);
  select * into strict v_new from public.phone_numbers n where n.id = v_id;
  perform phone_pool.nudge_planner();
  return v_new;
end
$$;
comment on function public.replace_phone_number(uuid, text, text) is
  'Another number (of p_area_code, three digits, if given) for an organization that has one; the '
  'old one goes into quarantine and never comes back to it. Returns the number that the '
  'organization has then: the old one while none is free, and the other comes when one is '
  'bought. Raises organization_not_found, organization_inactive, no_phone_number, '
  'invalid_request. Security definer: see request_phone_number.';

create function public.order_phone_numbers(p_quantity int, p_area_code text default null)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  if p_quantity is null or p_quantity not between 1 and 1000 then
    perform phone_pool.raise_error('invalid_request', 'p_quantity is 1 to 1000');
  end if;
  perform phone_pool.require_area_code(p_area_code);
  insert into phone_pool.purchases (status, reason, area_code, wanted_area_code, monthly_cost,
    next_attempt_at, planned_at)
  select 'asked', 'requested', p_area_code, p_area_code, s.number_monthly_cost_usd, v_now, v_now
  from phone_pool.settings s, generate_series(1, p_quantity) nth;
  perform phone_pool.nudge_planner();
  return p_quantity;
end
$$;
comment on function public.order_phone_numbers(int, text) is
  'Asks for p_quantity (1 to 1000) numbers for the pool and returns that. Planned, within '
  'max_numbers and the budget, and bought they are after this transaction: admin_purchases shows '
  'what becomes of them. Raises invalid_request. Security definer: see request_phone_number.';

create function public.import_phone_number(
  p_phone_number text,
  p_telnyx_phone_number_id text,
  p_organization_id uuid default null
)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_problem record;
  v_number public.phone_numbers;
begin
  select * into strict v_problem
  from phone_pool.import_problem(p_phone_number, p_telnyx_phone_number_id, p_organization_id) p;
  if v_problem.code is not null then
    perform phone_pool.raise_error(v_problem.code, v_problem.detail);
  end if;
  perform from public.organizations o where o.id = v_problem.organization_id for no key update;
  insert into public.phone_numbers
    (phone_number, telnyx_phone_number_id, area_code, monthly_cost, purchased_at)
  select p_phone_number, p_telnyx_phone_number_id, substr(p_phone_number, 3, 3),
    s.number_monthly_cost_usd, phone_pool.clock()
  from phone_pool.settings s
  on conflict (phone_number) do nothing;
  select * into strict v_number from public.phone_numbers n
  where n.phone_number = p_phone_number for no key update;
  if v_problem.organization_id is not null and v_number.status = 'available' then
    delete from phone_pool.number_requests r where r.organization_id = v_problem.organization_id;
    delete from phone_pool.organizations_without_number w
    where w.organization_id = v_problem.organization_id;
    perform phone_pool.assign_numbers(array[v_problem.organization_id], array[v_number.id]);
    select * into strict v_number from public.phone_numbers n where n.id = v_number.id;
  elsif v_number.organization_id <> v_problem.organization_id then
    -- Assigned while this waited for it.
    perform phone_pool.raise_error('phone_number_held', v_number.organization_id::text);
  elsif exists (select from phone_pool.number_requests) then
    perform phone_pool.nudge_planner();
  end if;
  return v_number;
end
$$;
comment on function public.import_phone_number(text, text, uuid) is
  'A number of the Telnyx account (E.164, United States, and its id there) comes into the pool: '
  'with its holder if p_organization_id is given or one organization shows it as its phone, else '
  'free. Known already: its row. Raises invalid_request, max_numbers_reached, '
  'organization_not_found, organization_inactive, has_own_phone, phone_number_shown, '
  'phone_number_held, phone_number_given_back. Security definer: see request_phone_number.';

create function phone_pool.import_problem(
  p_phone_number text,
  p_telnyx_phone_number_id text,
  p_organization_id uuid,
  out code text,
  out detail text,
  out organization_id uuid
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_number public.phone_numbers;
  v_organization public.organizations;
  v_held public.phone_numbers;
  v_showing uuid[];
begin
  if coalesce(p_phone_number, '') !~ '^\+1[2-9][0-9]{2}[2-9][0-9]{6}$'
    or substr(p_phone_number, 6, 3) ~ '^[2-9]11$'
    or not phone_pool.is_area_code(substr(p_phone_number, 3, 3)) then
    code := 'invalid_request';
    detail := 'phone_number is a number of the United States in E.164 form, such as +12125550100';
    return;
  elsif coalesce(p_telnyx_phone_number_id, '') !~ '^[A-Za-z0-9-]{1,64}$' then
    code := 'invalid_request';
    detail := 'telnyx_phone_number_id is the id of the number at Telnyx, digits without spaces';
    return;
  elsif exists (
    select from public.phone_numbers n
    where n.telnyx_phone_number_id = p_telnyx_phone_number_id and n.phone_number <> p_phone_number
  ) then
    code := 'invalid_request';
    detail := 'telnyx_phone_number_id is the id of another number';
    return;
  end if;
  select * into v_number from public.phone_numbers n where n.phone_number = p_phone_number;
  if v_number.id is null and (select s.numbers from phone_pool.spending(phone_pool.clock()) s)
      >= (select s.max_numbers from phone_pool.settings s) then
    code := 'max_numbers_reached';
    return;
  elsif v_number.status = 'released' then
    code := 'phone_number_given_back';
    detail := '…' || right(p_phone_number, 4);
    return;
  elsif v_number.telnyx_phone_number_id <> p_telnyx_phone_number_id then
    code := 'invalid_request';
    detail := 'the number is known by another telnyx_phone_number_id';
    return;
  elsif v_number.organization_id <> p_organization_id then
    code := 'phone_number_held';
    detail := v_number.organization_id::text;
    return;
  end if;
  v_showing := phone_pool.organizations_showing(p_phone_number);
  organization_id := coalesce(p_organization_id, v_number.organization_id,
    case when cardinality(v_showing) = 1 then v_showing[1] end);
  if cardinality(v_showing) > 1 or organization_id <> v_showing[1] then
    code := 'phone_number_shown';
    detail := array_to_string(v_showing, ', ');
    return;
  elsif organization_id is null then
    return;
  end if;
  select * into v_organization from public.organizations o where o.id = organization_id;
  if not found then
    code := 'organization_not_found';
    detail := organization_id::text;
    return;
  end if;
  select * into v_held from public.phone_numbers n
  where n.organization_id = import_problem.organization_id;
  if v_held.phone_number = p_phone_number then
    return;
  elsif v_held.id is not null or v_number.status in ('assigned', 'suspended') then
    code := 'phone_number_held';
    detail := coalesce(v_held.organization_id, v_number.organization_id)::text;
  elsif v_organization.subscription_status =
    any (array(select unnest(s.inactive_statuses) from phone_pool.settings s)) then
    code := 'organization_inactive';
    detail := v_organization.subscription_status;
  elsif phone_pool.phone_digits(v_organization.phone) <> phone_pool.phone_digits(p_phone_number)
    and phone_pool.is_own_phone(v_organization.phone) then
    code := 'has_own_phone';
    detail := organization_id::text;
  end if;
end
$$;
comment on function phone_pool.import_problem(text, text, uuid) is
  'Why this number cannot be imported, as an error code and its detail; nulls when it can, and to '
  'which organization it goes (null: the pool).';

create function phone_pool.import_row(p_row jsonb, out problem text, out outcome text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before public.phone_numbers;
  v_after public.phone_numbers;
begin
  if p_row ->> 'organization_id' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    problem := 'organization_id is not a UUID';
    return;
  end if;
  select * into v_before from public.phone_numbers n
  where n.phone_number = p_row ->> 'phone_number';
  v_after := public.import_phone_number(p_row ->> 'phone_number',
    p_row ->> 'telnyx_phone_number_id', (p_row ->> 'organization_id')::uuid);
  outcome := case when v_before.organization_id is not distinct from v_after.organization_id
    and v_before.id is not null then 'known' else v_after.status end;
exception when others then
  -- One bad line keeps no other from being imported; what the registry does not know is told, too.
  get stacked diagnostics problem = pg_exception_detail;
  problem := concat_ws(': ', sqlerrm, nullif(problem, ''));
end
$$;
comment on function phone_pool.import_row(jsonb) is
  'import_phone_number() of one row: what became of it, or what is wrong with it.';

create function public.import_phone_numbers(p_rows jsonb, p_is_dry_run boolean default false)
returns table (line int, problem text, outcome text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_row jsonb;
  v_result record;
  v_lines int[] := '{}';
  v_problems text[] := '{}';
  v_outcomes text[] := '{}';
begin
  begin
    for v_row in select r.value from jsonb_array_elements(p_rows) r loop
      select * into strict v_result from phone_pool.import_row(v_row);
      v_lines := v_lines || (v_row ->> 'line')::int;
      v_problems := v_problems || v_result.problem;
      v_outcomes := v_outcomes || v_result.outcome;
    end loop;
    if p_is_dry_run then
      raise exception using errcode = 'PP000', message = 'a dry run';
    end if;
  exception when sqlstate 'PP000' then
    null; -- Everything was tried, each line after those before it, and nothing stays.
  end;
  return query select * from unnest(v_lines, v_problems, v_outcomes);
end
$$;
comment on function public.import_phone_numbers(jsonb, boolean) is
  'import_phone_number() for each of [{line, phone_number, telnyx_phone_number_id, '
  'organization_id?}]: what became of it (available, assigned, known), or what is wrong with it. A '
  'dry run tries all and keeps none. The command is npm run import-numbers. Security definer: see '
  'request_phone_number.';

create function public.backfill_organizations(p_limit int default 1000)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_count int;
begin
  insert into phone_pool.number_requests
    (organization_id, area_code, wanted_area_code, requested_at)
  select o.id, phone_pool.wanted_area_code(o.settings), phone_pool.wanted_area_code(o.settings),
    phone_pool.clock()
  from public.organizations o, phone_pool.settings s
  where (phone_pool.phone_digits(o.phone) is null or not phone_pool.is_own_phone(o.phone))
    and coalesce(o.subscription_status, '') <> all (s.inactive_statuses)
    and not exists (select from phone_pool.number_requests r where r.organization_id = o.id)
    and not exists (select from public.phone_numbers n where n.organization_id = o.id)
    and not exists (
      select from phone_pool.organizations_without_number w where w.organization_id = o.id)
  order by o.created_at, o.id
  limit p_limit
  on conflict (organization_id) do nothing;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform phone_pool.nudge_planner();
  end if;
  return v_count;
end
$$;
comment on function public.backfill_organizations(int) is
  'Puts p_limit active organizations without a number into the queue, oldest first, and returns '
  'how many; not those from which it was taken on purpose. They are served after this '
  'transaction. Safe to repeat: 0 when all have one or wait. Security definer: see '
  'request_phone_number.';

revoke execute on all functions in schema phone_pool from public;
revoke execute on function public.register_organization(jsonb),
  public.request_phone_number(uuid, text, boolean), public.replace_phone_number(uuid, text, text),
  public.order_phone_numbers(int, text), public.import_phone_number(text, text, uuid),
  public.import_phone_numbers(jsonb, boolean), public.backfill_organizations(int)
  from public, anon, authenticated;
grant execute on function public.register_organization(jsonb) to authenticated;
grant execute on function public.register_organization(jsonb),
  public.request_phone_number(uuid, text, boolean), public.replace_phone_number(uuid, text, text),
  public.order_phone_numbers(int, text), public.import_phone_number(text, text, uuid),
  public.import_phone_numbers(jsonb, boolean), public.backfill_organizations(int)
  to service_role;
