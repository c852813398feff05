-- Numbers that were bought by other means come in, with the organization that uses them already. A
-- line of a list is right or wrong by itself: it keeps no other out.

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
  if v_problem.organization_id is not null and phone_pool.lines_are_on() then
    -- Its line is looked at first; then it goes to the organization that shows it.
    perform phone_pool.show_phones(array[v_problem.organization_id], array[p_phone_number]);
  end if;
  insert into public.phone_numbers
    (phone_number, telnyx_phone_number_id, area_code, monthly_cost, purchased_at)
  select p_phone_number, p_telnyx_phone_number_id, substr(p_phone_number, 3, 3),
    s.number_monthly_cost_usd, phone_pool.clock()
  from phone_pool.settings s
  on conflict (phone_number) do nothing;
  select * into strict v_number from public.phone_numbers n
  where n.phone_number = p_phone_number for no key update;
  if v_number.suspended_until = 'infinity' and not phone_pool.line_allows(v_number.id) then
    perform phone_pool.nudge('reconcile-carrier/lines');
  elsif v_problem.organization_id is not null and v_number.status = 'available' then
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
  'free; held back until its line was seen, where lines are wanted. Known already: its row. Raises '
  'invalid_request, max_numbers_reached, '
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
  if cardinality(v_showing) > 1 or organization_id <> v_showing[1]
    -- Beside another phone it is not taken for the only one.
    or p_organization_id is null and v_number.organization_id is null and exists (
      select from public.organizations o where o.id = v_showing[1]
        and phone_pool.phone_digits(o.phone) <> phone_pool.phone_digits(p_phone_number))
  then
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
  elsif v_number.suspended_until = 'infinity' and v_showing = array[organization_id]
    and phone_pool.lines_are_on() then
    -- Imported before: it goes there when its line was seen.
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

create function phone_pool_worker.import_phone_numbers(
  p_rows jsonb, p_is_dry_run boolean default false
)
returns table (line int, problem text, outcome text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
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
comment on function phone_pool_worker.import_phone_numbers(jsonb, boolean) is
  'import_phone_number() for each of [{line, phone_number, telnyx_phone_number_id, '
  'organization_id?}]: what became of it (available, assigned, known), or what is wrong with it. A '
  'dry run tries all and keeps none. The command is npm run import-numbers. Security definer: see '
  'request_phone_number.';
