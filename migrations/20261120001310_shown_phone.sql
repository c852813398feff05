-- organizations.phone is the copy that applications show: an organization that holds a number of the
-- pool shows exactly that number. Another value is put back, by a BEFORE trigger in the statement
-- that writes it (an upsert of a whole row, a form, a formatter), and by the sweep for what came in
-- otherwise. Never by a second update: beside a formatter of the application that would not end.
--
-- Lock order: the organization, by its writer; nobody else is waited for.

-- As in phone_numbers: writers of organizations queue behind the new trigger.
set local lock_timeout = '150ms';

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
  if found and new.phone is distinct from v_number.phone_number then
    raise warning 'organizations.phone of % stays …%', old.id, right(v_number.phone_number, 4)
      using hint = 'It shows the number that the organization holds. Another number: '
        'replace_phone_number(); none: unassign it.';
    new.phone := v_number.phone_number;
    perform phone_pool.note_overwritten_phone(v_number.id);
  elsif not found and exists (
    select from public.phone_numbers n
    where n.phone_number = '+1' || phone_pool.phone_digits(new.phone)
      and n.status in ('assigned', 'suspended')
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
  'Whoever writes an organization''s phone: it stays the number that the organization holds, and '
  'never becomes a number that another one holds. Never fails the update. Security definer: a role '
  'that may update an organization need not be able to read the pool.';

-- No column list: a BEFORE trigger of the application may write the phone. An organization that has
-- shown nothing yet has no number either, so a registration does not come here.
create trigger organizations_keep_phone before update on public.organizations
  for each row when (old.phone is not null and new.phone is distinct from old.phone)
  execute function phone_pool.tg_organizations__keep_phone();

create function phone_pool.look_after_organization(
  p_organization_id uuid,
  p_phone_number_id uuid,
  p_phone text,
  p_is_wanted boolean,
  p_area_code text
)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_count int := 0;
begin
  perform from public.organizations o
  where o.id = p_organization_id and o.phone is distinct from p_phone
  for no key update skip locked;
  if found then
    perform phone_pool.show_phones(array[p_organization_id], array[p_phone]);
    v_count := 1;
  end if;
  if p_phone_number_id is not null then
    perform phone_pool.note_overwritten_phone(p_phone_number_id);
  elsif p_is_wanted then
    v_count := greatest(v_count, phone_pool.enqueue_organizations(
      array[p_organization_id], array[p_area_code]));
  end if;
  return v_count;
exception when others then
  -- One row that the application refuses to write keeps nobody else from being looked after.
  perform phone_pool.raise_alert('assignment_failed', sqlerrm, p_organization_id::text);
  return 0;
end
$$;
comment on function phone_pool.look_after_organization(uuid, uuid, text, boolean, text) is
  'The organization shows p_phone (null: none), the number that it holds if p_phone_number_id is '
  'given; else, if p_is_wanted, it waits for one. Returns whether something was done: 1 or 0. Never '
  'fails: a row that cannot be written is an alert.';

create function phone_pool.room_in_queue()
returns int
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select greatest(0, coalesce(h.available, 0) + coalesce(o.numbers, 0) - w.requests - s.low_water
    + greatest(0, least(s.max_numbers - c.numbers,
      coalesce(floor((s.monthly_budget_usd - c.committed_usd) / nullif(s.number_monthly_cost_usd, 0)),
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
  v_now timestamptz := phone_pool.clock();
  v_after uuid;
  v_last uuid;
  v_organization record;
  v_installed_at timestamptz;
  v_room int;
  v_seen int := 0;
  v_count int := 0;
begin
  select max((h.result ->> 'after')) filter (where h.job = 'look_after_organizations'),
    max(h.last_at) filter (where h.job = 'installation')
  into strict v_after, v_installed_at
  from phone_pool.heartbeats h where h.job in ('look_after_organizations', 'installation');
  for v_organization in
    select o.id, o.phone, o.created_at, n.id as number_id, n.phone_number, d.last_seen_at as put_back_at,
      f.id is not null as shows_another, phone_pool.wanted_area_code(o.settings) as area_code,
      n.id is null and coalesce(o.subscription_status, '') <> all (s.inactive_statuses)
        and (phone_pool.phone_digits(o.phone) is null or f.id is not null)
        and not exists (select from phone_pool.number_requests r where r.organization_id = o.id)
        and not exists (select from phone_pool.organizations_without_number w
          where w.organization_id = o.id) as is_wanted
    from (
      select w.* from public.organizations w
      where w.id > coalesce(v_after, '00000000-0000-0000-0000-000000000000'::uuid)
      order by w.id limit p_limit
    ) o
    cross join phone_pool.settings s
    left join public.phone_numbers n on n.organization_id = o.id
    left join phone_pool.drifts d on d.kind = 'phone_overwritten' and d.phone_number_id = n.id
      and d.closed_at is null
    left join public.phone_numbers f on n.id is null
      and f.phone_number = '+1' || phone_pool.phone_digits(o.phone) and f.status <> 'released'
    order by o.id
  loop
    v_last := v_organization.id;
    v_seen := v_seen + 1;
    if v_organization.number_id is not null then
      continue when v_organization.phone is not distinct from v_organization.phone_number
        or v_organization.put_back_at > v_now - interval '1 hour';
      v_count := v_count + phone_pool.look_after_organization(v_organization.id,
        v_organization.number_id, v_organization.phone_number, false, null);
      continue;
    end if;
    -- Those from before phone-pool, and what looks like them, as far as they can be served: new ones
    -- would wait behind all of them.
    if v_organization.is_wanted
      and not coalesce(v_organization.created_at >= v_installed_at, false) then
      v_room := coalesce(v_room, phone_pool.room_in_queue()) - 1;
      v_organization.is_wanted := v_room >= 0;
    end if;
    if v_organization.is_wanted or v_organization.shows_another then
      v_count := v_count + phone_pool.look_after_organization(v_organization.id, null,
        case when not v_organization.shows_another then v_organization.phone end,
        v_organization.is_wanted, v_organization.area_code);
    end if;
  end loop;
  -- At the end of the table the next sweep begins again.
  perform phone_pool.beat('look_after_organizations',
    jsonb_build_object('after', case when v_seen = p_limit then v_last end));
  return v_count;
end
$$;
comment on function phone_pool.look_after_organizations(int) is
  'A step of the sweep: looks at the next p_limit organizations, in rotation. One that shows another '
  'number than it holds shows the right one again (once an hour: a trigger of the application may '
  'undo it); one that shows a number that it does not hold shows none; one that should have a '
  'number, has none and does not wait is put into the queue, whatever its age: one from before '
  'phone-pool only while it can be served, see room_in_queue(). Returns for how many it did '
  'something.';

revoke execute on all functions in schema phone_pool from public;
