-- An organization leaves: its number goes into quarantine, its history stays.
--
-- It leaves when its row is deleted, when its subscription_status becomes one of
-- settings.inactive_statuses, or by unassign_phone_number(). Its number rests for quarantine_days
-- from that moment; what is on order for it becomes the pool's or is not ordered at all.
--
-- Lock order: organizations, phone_numbers, tenures, purchases (skip locked). An update of an
-- organization has locked that row already, so the others lock it first too.

create function phone_pool.free_purchases(p_organization_ids uuid[])
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_count int;
begin
  -- A row that a worker is writing this moment is found by the sweep.
  with theirs as (
    select p.id, p.status = 'planned' as unordered from phone_pool.purchases p
    where p.organization_id = any (p_organization_ids)
      and p.status in ('planned', 'ordering', 'ordered')
    for no key update skip locked
  )
  update phone_pool.purchases p
  set status = case when t.unordered then 'cancelled' else p.status end,
    ended_at = case when t.unordered then v_now end,
    organization_id = case when t.unordered then p.organization_id end,
    claim_token = case when t.unordered then null else p.claim_token end,
    lease_until = case when t.unordered then null else p.lease_until end,
    last_error = case when t.unordered then 'the organization no longer waits' else p.last_error end
  from theirs t where p.id = t.id;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function phone_pool.free_purchases(uuid[]) is
  'What these organizations no longer need: not ordered yet, it is cancelled (a worker that has '
  'claimed it is told claim_lost); else the number will be the pool''s. Returns how many.';

create function phone_pool.suspend_numbers(
  p_organization_ids uuid[],
  p_reason text,
  p_is_deleted boolean default false,
  p_is_replaced boolean default false
)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_now timestamptz;
  v_settings phone_pool.settings;
  v_organization_ids uuid[];
  v_phone_numbers text[];
begin
  perform from public.organizations o where o.id = any (p_organization_ids)
  order by o.id for no key update;
  delete from phone_pool.number_requests r where r.organization_id = any (p_organization_ids);
  perform from public.phone_numbers n where n.organization_id = any (p_organization_ids)
  order by n.id for no key update;
  -- After the locks: a quarantine begins when it is written, not when it was asked for. In hours,
  -- because a day is 23 or 25 of them twice a year.
  v_now := phone_pool.clock();
  select * into strict v_settings from phone_pool.settings;
  with leaving as (
    select t.id, greatest(v_now, lower(t.held) + interval '1 microsecond') as ends_at,
      -- Nobody can know the number: deleted within a day, and no phone has rung with it.
      p_is_deleted and t.not_before is null and v_now <= t.requested_at + interval '1 day'
        and v_now <= lower(t.held) + interval '1 day' and not exists (
          select from phone_pool.intake_calls c
          where c.phone_number_id = t.phone_number_id and c.dialing_at >= lower(t.held))
        as is_unused
    from phone_pool.tenures t
    join public.phone_numbers n on n.id = t.phone_number_id
    where n.organization_id = any (p_organization_ids) and n.status = 'assigned'
      and upper_inf(t.held)
  ),
  closed as (
    update phone_pool.tenures t
    set held = tstzrange(lower(t.held), l.ends_at), is_unused = l.is_unused,
      is_replaced = p_is_replaced, release_reason = p_reason,
      quarantine_until = greatest(l.ends_at + make_interval(hours => case
        when l.is_unused then v_settings.quarantine_unused_hours
        else 24 * v_settings.quarantine_days end), t.not_before)
    from leaving l where t.id = l.id
    returning t.phone_number_id, t.organization_id, t.quarantine_until
  ),
  suspended as (
    update public.phone_numbers n
    set status = 'suspended', organization_id = null, suspended_until = c.quarantine_until,
      suspended_reason = p_reason, updated_at = v_now
    from closed c where n.id = c.phone_number_id
    returning n.phone_number, c.organization_id
  )
  select array_agg(s.organization_id), array_agg(s.phone_number)
  into v_organization_ids, v_phone_numbers
  from suspended s;
  -- After the number, or organizations_keep_phone would put it back. What an application had made
  -- of it goes with it; a phone of the organization's own stays.
  perform phone_pool.show_phones(array_agg(o.id), array_agg(null::text))
  from unnest(v_organization_ids, v_phone_numbers) as s (organization_id, phone_number)
  join public.organizations o on o.id = s.organization_id
  where phone_pool.phone_digits(o.phone) = phone_pool.phone_digits(s.phone_number);
  perform phone_pool.free_purchases(p_organization_ids);
  return coalesce(cardinality(v_organization_ids), 0);
end
$$;
comment on function phone_pool.suspend_numbers(uuid[], text, boolean, boolean) is
  'The organizations'' numbers go into quarantine, because the rows are deleted or the numbers are '
  'replaced if so told; a waiting organization waits no longer. Returns how many numbers.';

create function public.unassign_phone_number(p_organization_id uuid, p_reason text)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_id uuid;
  v_number public.phone_numbers;
begin
  if coalesce(p_reason, '') !~ '\S' then
    perform phone_pool.raise_error('invalid_request', 'p_reason is missing');
  end if;
  perform from public.organizations o where o.id = p_organization_id for no key update;
  if not found then
    perform phone_pool.raise_error('organization_not_found', p_organization_id::text);
  end if;
  select n.id into v_id from public.phone_numbers n where n.organization_id = p_organization_id;
  perform phone_pool.suspend_numbers(array[p_organization_id], p_reason);
  insert into phone_pool.organizations_without_number (organization_id, reason, since)
  values (p_organization_id, p_reason, phone_pool.clock())
  on conflict on constraint organizations_without_number_pkey do nothing;
  if v_id is null then
    return null;
  end if;
  select * into strict v_number from public.phone_numbers n where n.id = v_id;
  return v_number;
end
$$;
comment on function public.unassign_phone_number(uuid, text) is
  'The organization gives up its number, which goes into quarantine, and gets no other until '
  'request_phone_number() asks for one. Returns the number''s row, null if it had none. Raises '
  'organization_not_found, invalid_request. Security definer: see request_phone_number.';

create function phone_pool.organization_digest(p_created_at numeric, p_slug text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select md5(coalesce(p_created_at::text, '') || ' ' || coalesce(p_slug, ''));
$$;
comment on function phone_pool.organization_digest(numeric, text) is
  'What tells a row that was deleted and inserted again from another one with the same id: '
  'created_at (seconds since 1970) and slug.';

create function phone_pool.tg_organizations__suspend_phone_numbers()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_variable
begin
  perform phone_pool.suspend_numbers(
    array(select o.id from old_organizations o), 'organization deleted', p_is_deleted => true);
  update phone_pool.tenures t
  set deleted_as = phone_pool.organization_digest(
    extract(epoch from o.created_at), to_jsonb(o.*) ->> 'slug')
  from old_organizations o
  where t.organization_id = o.id and t.deleted_as is null;
  return null;
end
$$;
comment on function phone_pool.tg_organizations__suspend_phone_numbers() is
  'The numbers of deleted organizations go into quarantine; the history stays. Security definer: '
  'a role that may delete an organization need not be able to write the pool.';

create function phone_pool.tg_organizations__defer_number_check()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  set constraints public.phone_numbers_organization_exists deferred;
  return null;
end
$$;
comment on function phone_pool.tg_organizations__defer_number_check() is
  'The number is let go of after its organization is deleted, by the same statement, also where '
  '`set constraints all immediate` was said. Security definer: for every role that deletes.';
