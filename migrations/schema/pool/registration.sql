-- An organization is inserted and has its number, in the same transaction.
--
-- Rule: a registration never fails and never waits because of the pool. No carrier is called here,
-- nothing is planned, no number of another organization is touched; numbers are claimed by
-- `skip locked`; an organization that finds none waits in number_requests. Whatever goes wrong is
-- undone to the savepoint, leaves a warning and an alert, and the queue serves it later.

create function phone_pool.give_number(
  p_organization_id uuid,
  p_area_code text default null,
  p_requested_at timestamptz default null,
  p_is_trusted boolean default false
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_number_id uuid;
begin
  if phone_pool.resume_number(p_organization_id, p_is_trusted) then
    return true;
  end if;
  -- A row may show a free number of the pool, as a copy of an older one does: that one, then.
  select n.id into v_number_id
  from public.organizations o
  join public.phone_numbers n on n.phone_number = '+1' || phone_pool.phone_digits(o.phone)
  where o.id = p_organization_id and n.status = 'available'
  for no key update of n skip locked;
  -- Asked again while it waits, an organization keeps its place.
  if v_number_id is null and not exists (
    select from phone_pool.number_requests r
    where r.organization_id = p_organization_id or (r.failures = 0
      and (r.area_code is null or p_area_code is null or r.area_code = p_area_code))
  ) then
    v_number_id := phone_pool.claim_number(p_organization_id, p_area_code);
  end if;
  if v_number_id is not null then
    perform phone_pool.assign_numbers(
      array[p_organization_id], array[v_number_id], p_requested_at);
    -- After it: deleting tells the application, at once where constraints are immediate.
    delete from phone_pool.number_requests r where r.organization_id = p_organization_id;
    return true;
  end if;
  -- What it shows is of another organization by now.
  perform phone_pool.show_phones(array[p_organization_id], array[null::text]);
  perform phone_pool.enqueue_organizations(array[p_organization_id], array[p_area_code]);
  perform phone_pool.nudge_planner();
  return false;
end
$$;
comment on function phone_pool.give_number(uuid, text, timestamptz, boolean) is
  'A number for an organization that has none: its own from quarantine (p_is_trusted: although the '
  'row is not the deleted one), else a free one that nobody waits for, else a place in the queue '
  'and a nudge. Returns whether it has one. The caller has locked the organization, and knows that '
  'its phone is none of its own.';

create function phone_pool.is_writer_trusted()
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- Whoever is logged in or has been changed to; in a security definer function current_user is its
  -- owner.
  select coalesce(bool_or(r.rolsuper or r.rolbypassrls or r.oid = c.relowner), false)
  from pg_roles r, pg_class c
  where c.oid = 'public.organizations'::regclass and r.rolname = case current_setting('role')
    when 'none' then session_user else current_setting('role') end;
$$;
comment on function phone_pool.is_writer_trusted() is
  'Whether the role that runs this statement bypasses the row security of organizations: then it '
  'may bring a deleted organization back.';

create function phone_pool.tg_organizations__assign_phone_numbers()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
-- A session that made its plans while the tables were tiny keeps them: never a sequential scan.
-- And a plan that depends on a parameter such as LIMIT must not be made anew for every clinic.
set plan_cache_mode = 'force_generic_plan'
set enable_seqscan = off
set jit = off
-- A migration that holds one of our tables is not waited for either.
set lock_timeout = '2s'
as $$
#variable_conflict use_variable
declare
  -- When the statement began, by the pool's clock.
  v_asked_at timestamptz := phone_pool.clock() - (clock_timestamp() - statement_timestamp());
  v_low_water int;
  v_new uuid[];
  v_known uuid[];
  v_wrong uuid[];
  v_result record;
  v_taken_at timestamptz;
  v_is_short boolean := false;
begin
  -- New: never seen before, and any number will do. Known: it held a number before, wants an area
  -- code, or shows a number of the pool, as a row does that was restored. Wrong: it shows one and
  -- is to have none.
  select (
      select greatest(s.low_water, case when s.forecast then p.low_water end)
      from phone_pool.settings s, phone_pool.planner p),
    array_agg(n.id) filter (where n.kind = 'new'), array_agg(n.id) filter (where n.kind = 'known'),
    array_agg(n.id) filter (where n.kind = 'wrong')
  into strict v_low_water, v_new, v_known, v_wrong
  from (
    select o.id, case
      when phone_pool.phone_digits(o.phone) is not null then case
        when not phone_pool.is_own_phone(o.phone) then case
          when o.is_inactive then 'wrong' else 'known' end
        end
      when o.is_inactive then null
      when phone_pool.wanted_area_code(o.settings) is null
        and not exists (select from phone_pool.tenures t where t.organization_id = o.id) then 'new'
      else 'known'
      end as kind
    from (
      select w.id, w.phone, w.settings, coalesce(w.subscription_status, '') = any (
        (select s.inactive_statuses from phone_pool.settings s)::text[]) as is_inactive
      from new_organizations w
    ) o
    -- Asked once for each, not once for each use.
    offset 0
  ) n;
  if v_low_water is null then
    raise exception 'phone_pool.settings or phone_pool.planner has no row';
  end if;

  if v_new is not null then
    -- An assignment, not a query: starting one takes longer.
    v_result := phone_pool.assign_numbers(v_new, null, v_asked_at);
    v_taken_at := v_result.last_purchased_at;
    if v_result.assigned < cardinality(v_new) then
      v_is_short := true;
      perform phone_pool.enqueue_organizations(v_new[v_result.assigned + 1:],
        array_fill(null::text, array[cardinality(v_new) - v_result.assigned]));
    end if;
  end if;
  if v_wrong is not null then
    perform phone_pool.show_phones(v_wrong, array_fill(null::text, array[cardinality(v_wrong)]));
  end if;
  for i in 1..coalesce(cardinality(v_known), 0) loop
    perform phone_pool.give_number(n.id, phone_pool.wanted_area_code(n.settings), v_asked_at,
      phone_pool.is_writer_trusted())
    from new_organizations n where n.id = v_known[i];
  end loop;

  -- Bounded: looks at low_water index entries, not at the pool, and ahead of what was just taken,
  -- past the numbers that others are taking. With too few there the planner looks at all of them.
  if not v_is_short then
    perform from public.phone_numbers p
    where p.status = 'available' and p.xmax = '0'::xid
      and p.purchased_at >= coalesce(v_taken_at, '-infinity')
    order by p.purchased_at, p.id
    offset greatest(v_low_water - 1, 0) limit 1;
    v_is_short := not found;
  end if;
  if v_is_short then
    perform phone_pool.nudge_planner();
  end if;
  return null;
exception when others then
  raise warning 'phone_pool could not assign a phone number: %', sqlerrm
    using hint = 'The organization is registered; the sweep will give it a number.';
  begin
    perform set_config('lock_timeout', '100ms', true);
    -- A snapshot older than what others have taken since is no fault; the queue serves it.
    if sqlstate <> '40001' then
      perform phone_pool.raise_alert('assignment_failed', sqlerrm, sqlstate);
    end if;
    perform phone_pool.enqueue_organizations(
      array_agg(n.id), array_agg(phone_pool.wanted_area_code(n.settings)))
    from new_organizations n, phone_pool.settings s
    where not phone_pool.is_own_phone(n.phone)
      and coalesce(n.subscription_status, '') <> all (s.inactive_statuses);
    perform phone_pool.nudge_planner();
  exception when others then
    -- The registration is worth more than its place in the queue; the sweep finds it.
    raise warning 'phone_pool could not note that a phone number is wanted: %', sqlerrm;
  end;
  return null;
end
$$;
comment on function phone_pool.tg_organizations__assign_phone_numbers() is
  'A number for every organization just inserted without a phone of its own. Security definer: '
  'a role that may register an organization need not be able to read or write the pool.';
