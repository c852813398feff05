-- organizations.phone is the copy that applications show: an organization that holds a number of
-- the pool shows exactly that number. Another value is put back, by a BEFORE trigger in the
-- statement that writes it (an upsert of a whole row, a form, a formatter), and by the sweep for
-- what came in otherwise. Never by a second update: beside a formatter of the application that
-- would not end.
--
-- Lock order: the organization, by its writer; nobody else is waited for.

create function phone_pool.note_overwritten_phone(p_phone_number_id uuid)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into phone_pool.drifts as d (kind, phone_number, phone_number_id, detail, monthly_cost,
    is_safe, found_at, last_seen_at)
  select 'phone_overwritten', n.phone_number, n.id,
    'organizations.phone was written by the application, and put back', n.monthly_cost, true,
    phone_pool.clock(), phone_pool.clock()
  from public.phone_numbers n where n.id = p_phone_number_id
  on conflict (kind, phone_number) where closed_at is null do update
  set occurrences = d.occurrences + 1, last_seen_at = excluded.last_seen_at;
end
$$;
comment on function phone_pool.note_overwritten_phone(uuid) is
  'Counts that an organization''s phone was put back to the number that it holds.';

create function phone_pool.tg_organizations__keep_phone()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_number public.phone_numbers;
begin
  select * into v_number from public.phone_numbers n where n.organization_id = old.id;
  -- A trigger of the application that formats the phone after each update would format it again for
  -- ever: the eighth in a row is left to the sweep.
  if found and new.phone is distinct from v_number.phone_number and pg_trigger_depth() < 8 then
    raise warning 'organizations.phone of % stays …%', old.id, right(v_number.phone_number, 4)
      using hint = 'It shows the number that the organization holds. Another number: '
        'replace_phone_number(); none: unassign it.';
    new.phone := v_number.phone_number;
    perform phone_pool.note_overwritten_phone(v_number.id);
  elsif exists (
    select from public.phone_numbers n
    where n.phone_number = '+1' || phone_pool.phone_digits(new.phone) and n.status <> 'released'
      and n.organization_id is distinct from old.id
  ) then
    raise warning 'organizations.phone of % cannot show a number of the pool that it does not hold',
      old.id using hint = 'request_phone_number() gives it one.';
    new.phone := old.phone;
  end if;
  return new;
exception when others then
  raise warning 'phone_pool could not look after organizations.phone: %', sqlerrm;
  return new;
end
$$;
comment on function phone_pool.tg_organizations__keep_phone() is
  'Whichever role writes an organization''s phone, it stays the number that the organization '
  'holds, and never becomes a number of the pool that it does not hold. Never fails the update. '
  'Security definer: a role that may update an organization need not be able to read the pool.';

create function phone_pool.organization_problem(p_organization_id uuid)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
  return (
    select case
      when n.id is not null then case
        -- Once an hour: a trigger of the application may undo it.
        when o.phone is distinct from n.phone_number and not exists (
          select from phone_pool.drifts d
          where d.kind = 'phone_overwritten' and d.phone_number_id = n.id and d.closed_at is null
            and d.last_seen_at > phone_pool.clock() - interval '1 hour')
          then 'another phone than its number' end
      when f.id is not null then 'a number that it does not hold'
      when phone_pool.phone_digits(o.phone) is null
        and coalesce(o.subscription_status, '') <> all (
          (select s.inactive_statuses from phone_pool.settings s)::text[])
        and not exists (
          select from phone_pool.number_requests r where r.organization_id = o.id)
        and not exists (
          select from phone_pool.organizations_without_number w where w.organization_id = o.id)
        then 'no number, and no place in the queue'
    end
    from public.organizations o
    left join public.phone_numbers n on n.organization_id = o.id
    -- One that is held back may be the organization's own; not if it has held it before. Looked up
    -- by its index: a join might read all numbers for each organization.
    left join lateral (
      select f.id from public.phone_numbers f
      where n.id is null
        and f.phone_number = '+1' || phone_pool.phone_digits(o.phone) and f.status <> 'released'
        and (f.suspended_until is distinct from 'infinity' or exists (
          select from phone_pool.tenures t
          where t.phone_number_id = f.id and t.organization_id = o.id))
      limit 1
    ) f on true
    where o.id = p_organization_id
  );
end
$$;
comment on function phone_pool.organization_problem(uuid) is
  'What is to be put right about the phone and the number of an organization; null: nothing.';

create function phone_pool.look_after_organization(p_organization_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_problem text;
  v_number public.phone_numbers;
begin
  -- One that a client has, or whose place in the queue a client is writing (a foreign key locks the
  -- organization), is looked at next time round. What was read before the lock may be over.
  perform from public.organizations o where o.id = p_organization_id for update skip locked;
  v_problem := case when found then phone_pool.organization_problem(p_organization_id) end;
  if v_problem is null then
    return false;
  end if;
  select * into v_number from public.phone_numbers n where n.organization_id = p_organization_id;
  if found or v_problem = 'a number that it does not hold' then
    perform phone_pool.show_phones(array[p_organization_id], array[v_number.phone_number]);
  end if;
  if v_number.id is not null then
    perform phone_pool.note_overwritten_phone(v_number.id);
  elsif phone_pool.organization_problem(p_organization_id) is not null then
    perform phone_pool.enqueue_organizations(array[o.id],
      array[phone_pool.wanted_area_code(o.settings)])
    from public.organizations o where o.id = p_organization_id;
  end if;
  return true;
end
$$;
comment on function phone_pool.look_after_organization(uuid) is
  'Puts right what organization_problem() says. Returns whether it did something.';

create function phone_pool.room_in_queue()
returns int
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select greatest(0, coalesce(h.available, 0) + coalesce(o.numbers, 0) - w.requests - s.low_water
    + greatest(0, least(s.max_numbers - c.numbers,
      coalesce(
        floor((s.monthly_budget_usd - c.committed_usd) / nullif(s.number_monthly_cost_usd, 0)),
        s.max_numbers))))::int
  from phone_pool.settings s
  cross join phone_pool.spending(phone_pool.clock()) c
  cross join (select count(*) as available from public.phone_numbers n
    where n.status = 'available') h
  cross join (select count(*) as numbers from phone_pool.purchases p
    where p.status in ('planned', 'ordering', 'ordered')) o
  cross join (select count(*) as requests from phone_pool.number_requests) w;
$$;
comment on function phone_pool.room_in_queue() is
  'How many more organizations can be served from what is free, on order and allowed by the caps, '
  'the low water mark left to new ones.';

create function phone_pool.look_after_organizations(p_limit int default 500)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_after uuid;
  v_ids uuid[];
  v_id uuid;
  v_problem text;
  v_room int;
  v_count int := 0;
begin
  select (h.result ->> 'after')::uuid into v_after
  from phone_pool.heartbeats h where h.job = 'look_after_organizations';
  v_ids := array(
    select o.id from public.organizations o
    where o.id > coalesce(v_after, '00000000-0000-0000-0000-000000000000'::uuid)
    order by o.id limit p_limit);
  for v_id in
    select o.id from public.organizations o
    -- Nothing is wrong with nearly all: the number that they hold is the phone that they show.
    -- Looked up one by one: a join might read all numbers.
    where o.id = any (v_ids) and (
      select n.id from public.phone_numbers n
      where n.organization_id = o.id and n.phone_number = o.phone limit 1) is null
    order by o.id
  loop
    v_problem := phone_pool.organization_problem(v_id);
    continue when v_problem is null;
    -- Those from before phone-pool, and what looks like them, as far as they can be served: new
    -- ones would wait behind all of them.
    if v_problem = 'no number, and no place in the queue' and not exists (
      select from public.organizations o, phone_pool.heartbeats h
      where o.id = v_id and h.job = 'installation' and o.created_at >= h.last_at
    ) then
      v_room := coalesce(v_room, phone_pool.room_in_queue()) - 1;
      continue when v_room < 0;
    end if;
    begin
      v_count := v_count + phone_pool.look_after_organization(v_id)::int;
    exception
      when serialization_failure then
        raise;
      when others then
        -- One that cannot be written must not keep the others from being looked after.
        raise warning 'phone_pool could not look after an organization: %', sqlerrm;
        perform phone_pool.raise_alert('assignment_failed', sqlerrm, v_id::text);
    end;
  end loop;
  perform phone_pool.beat('look_after_organizations',
    -- At the end of the table the next sweep begins again.
    jsonb_build_object('after', v_ids[p_limit]));
  return v_count;
end
$$;
comment on function phone_pool.look_after_organizations(int) is
  'A step of the sweep: looks at the next p_limit organizations, in rotation. One that shows '
  'another number than it holds shows the right one again (once an hour); one that shows a '
  'number of the pool that it does not hold shows it no longer; one that should have a number, '
  'has none and does not wait is put into the queue, whatever its age: one from before '
  'phone-pool only while it can be served, see room_in_queue(). Returns for how many it did '
  'something.';
