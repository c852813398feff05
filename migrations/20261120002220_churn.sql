-- An organization leaves: its number goes into quarantine, its history stays.
--
-- It leaves when its row is deleted, when its subscription_status becomes one of
-- settings.inactive_statuses, or by release_phone_number(). Its number rests for quarantine_days
-- from that moment; what is on order for it becomes the pool's or is not ordered at all.
--
-- Lock order: organizations, phone_numbers, tenures, purchases (skip locked). An update of an
-- organization has locked that row already, so the others lock it first too.

-- As in phone_numbers: writers of organizations queue behind the new trigger.
set local lock_timeout = '150ms';

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
    for update skip locked
  )
  update phone_pool.purchases p
  set status = case when t.unordered then 'cancelled' else p.status end,
    ended_at = case when t.unordered then v_now end,
    organization_id = case when t.unordered then p.organization_id end,
    claim_token = case when t.unordered then null else p.claim_token end,
    lease_until = case when t.unordered then null else p.lease_until end
  from theirs t where p.id = t.id;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function phone_pool.free_purchases(uuid[]) is
  'What these organizations no longer need: not ordered yet, it is cancelled (a worker that has '
  'claimed it is told claim_lost); else the number will be the pool''s. Returns how many.';

create function phone_pool.suspend_numbers(p_organization_ids uuid[], p_reason text)
returns int
language plpgsql
-- See assign_numbers.
set search_path = public, extensions, pg_temp
as $$
declare
  v_now timestamptz;
  v_rest interval;
  v_writer text;
  v_count int;
begin
  perform from public.organizations o where o.id operator(pg_catalog.=) any (p_organization_ids)
  order by o.id for no key update;
  delete from phone_pool.number_requests r
  where r.organization_id operator(pg_catalog.=) any (p_organization_ids);
  perform from public.phone_numbers n
  where n.organization_id operator(pg_catalog.=) any (p_organization_ids)
  order by n.id for update;
  -- After the locks: a quarantine begins when it is written, not when it was asked for. In hours,
  -- because a day is 23 or 25 of them twice a year.
  v_now := phone_pool.clock();
  select pg_catalog.make_interval(
      hours => 24 operator(pg_catalog.*) s.quarantine_days) into strict v_rest
  from phone_pool.settings s;
  v_writer := pg_catalog.set_config('phone_pool.writer', 'function', true);
  with closed as (
    update phone_pool.tenures t
    set held = pg_catalog.tstzrange(pg_catalog.lower(t.held),
        greatest(v_now, pg_catalog.lower(t.held)
          operator(pg_catalog.+) interval '1 microsecond')),
      quarantine_until = greatest(v_now operator(pg_catalog.+) v_rest,
        pg_catalog.lower(t.held) operator(pg_catalog.+) v_rest
          operator(pg_catalog.+) interval '1 microsecond', t.not_before),
      release_reason = p_reason
    from public.phone_numbers n
    where n.organization_id operator(pg_catalog.=) any (p_organization_ids)
      and n.status operator(pg_catalog.=) 'assigned'
      and t.phone_number_id operator(pg_catalog.=) n.id and pg_catalog.upper_inf(t.held)
    returning t.phone_number_id, t.organization_id, t.quarantine_until
  ),
  suspended as (
    update public.phone_numbers n
    set status = 'suspended', organization_id = null, suspended_until = c.quarantine_until,
      updated_at = v_now
    from closed c where n.id operator(pg_catalog.=) c.phone_number_id
    returning n.phone_number, c.organization_id
  ),
  cleared as (
    update public.organizations o set phone = null
    from suspended s
    where o.id operator(pg_catalog.=) s.organization_id
      and o.phone operator(pg_catalog.=) s.phone_number
  )
  select pg_catalog.count(*) into v_count from suspended;
  v_writer := pg_catalog.set_config('phone_pool.writer', '', true);
  perform phone_pool.free_purchases(p_organization_ids);
  return v_count;
end
$$;
comment on function phone_pool.suspend_numbers(uuid[], text) is
  'The organizations'' numbers go into quarantine: number, tenure and organizations.phone in one '
  'statement; a waiting organization waits no longer. Returns how many numbers.';

create function public.release_phone_number(p_organization_id uuid, p_reason text)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_id uuid;
  v_number public.phone_numbers;
begin
  if coalesce(p_reason, '') !~ '\S' then
    perform phone_pool.raise_error('invalid_request', 'p_reason is missing');
  end if;
  select n.id into v_id from public.phone_numbers n where n.organization_id = p_organization_id;
  perform phone_pool.suspend_numbers(array[p_organization_id], p_reason);
  select * into v_number from public.phone_numbers n where n.id = v_id;
  return v_number;
end
$$;
comment on function public.release_phone_number(uuid, text) is
  'The organization gives up its number, which goes into quarantine. Returns the number''s row, '
  'null if it had none. Raises invalid_request. Security definer: see request_phone_number.';

create function phone_pool.tg_organizations__suspend_phone_numbers()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  perform phone_pool.suspend_numbers(
    array(select o.id from old_organizations o), 'organization deleted');
  return null;
end
$$;
comment on function phone_pool.tg_organizations__suspend_phone_numbers() is
  'The numbers of deleted organizations go into quarantine; the history stays. Security definer: '
  'whoever may delete an organization need not be able to write the pool.';
create trigger organizations_suspend_phone_numbers after delete on public.organizations
  referencing old table as old_organizations
  for each statement execute function phone_pool.tg_organizations__suspend_phone_numbers();

revoke execute on all functions in schema phone_pool from public;
revoke execute on function public.release_phone_number(uuid, text) from public, anon, authenticated;
grant execute on function public.release_phone_number(uuid, text) to service_role;
