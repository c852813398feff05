-- The sweep's steps for the life of numbers: quarantines end, what failed to follow an organization
-- is caught up, and the Edge Functions are nudged while there is work for them. Each is bounded.

create function phone_pool.end_quarantines(p_limit int default 200)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_keep int;
  v_wanted int;
  v_writer text := set_config('phone_pool.writer', 'function', true);
  v_count int;
begin
  -- Never below what a refill buys up to: what is given back today would be bought tomorrow.
  select greatest(s.keep_idle_above,
    greatest(s.low_water, case when s.forecast then s.working_low_water end)
      + greatest(s.batch_size, case when s.forecast then s.working_batch_size end))
  into strict v_keep from phone_pool.settings s;
  select count(*) into v_wanted from (select from phone_pool.number_requests r limit p_limit) w;
  v_wanted := v_wanted + v_keep - phone_pool.count_available(v_keep);
  with over as (
    select n.id, n.retired_at is not null as is_retired, n.suspended_until
    from public.phone_numbers n
    where n.status = 'suspended' and n.suspended_until <= v_now
      -- The tenure is the truth: should the two ever disagree, the later end counts.
      and not exists (select from phone_pool.tenures t where t.phone_number_id = n.id
        and coalesce(t.resumed_at, t.quarantine_until, 'infinity') > v_now)
    order by n.suspended_until, n.id
    limit p_limit
    for update of n skip locked
  ),
  decided as (
    select o.id, o.is_retired
      or count(*) filter (where not o.is_retired) over (order by o.suspended_until, o.id) > v_wanted
      as goes_back
    from over o
  )
  update public.phone_numbers n
  set status = case when d.goes_back then 'released' else 'available' end,
    released_at = case when d.goes_back then v_now end, suspended_until = null, updated_at = v_now
  from decided d where n.id = d.id;
  get diagnostics v_count = row_count;
  v_writer := set_config('phone_pool.writer', '', true);
  return v_count;
end
$$;
comment on function phone_pool.end_quarantines(int) is
  'Numbers whose quarantine is over, p_limit at most: retired ones go back to Telnyx, and so does '
  'what is more than settings.keep_idle_above idle ones (or low_water and batch_size together) and '
  'those who wait need; the others are available again. Returns how many.';

create function phone_pool.catch_up_churn()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gone uuid[];
  v_last timestamptz;
  v_count int := 0;
begin
  -- Once a day, as settings.inactive_statuses may have changed; at once after a failure.
  select h.last_at into v_last from phone_pool.heartbeats h where h.job = 'catch_up_churn';
  if v_last > phone_pool.clock() - interval '1 day' and not exists (
    select from phone_pool.alerts a where a.kind = 'churn_failed' and a.closed_at is null
  ) then
    return 0;
  end if;
  select array_agg(n.organization_id) into v_gone
  from (
    select p.organization_id from public.phone_numbers p
    join public.organizations o on o.id = p.organization_id
    where o.subscription_status =
      any (array(select unnest(s.inactive_statuses) from phone_pool.settings s))
    limit 200
  ) n;
  if v_gone is not null then
    v_count := phone_pool.suspend_numbers(v_gone, 'subscription_status');
  end if;
  perform phone_pool.close_alert(a.kind, a.subject) from phone_pool.alerts a
  where a.kind = 'churn_failed' and a.closed_at is null;
  perform phone_pool.beat('catch_up_churn', jsonb_build_object('suspended', v_count));
  return v_count;
end
$$;
comment on function phone_pool.catch_up_churn() is
  'Suspends the numbers of organizations that are inactive and still hold one. Returns how many.';

create function phone_pool.free_orphaned_purchases()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gone uuid[];
begin
  select array_agg(p.organization_id) into v_gone
  from phone_pool.purchases p
  where p.status in ('planned', 'ordering', 'ordered') and p.organization_id is not null
    and not exists (
      select from phone_pool.number_requests r where r.organization_id = p.organization_id
    );
  return case when v_gone is null then 0 else phone_pool.free_purchases(v_gone) end;
end
$$;
comment on function phone_pool.free_orphaned_purchases() is
  'Frees purchases for organizations that no longer wait. Returns how many.';

create function phone_pool.nudge_carrier_work()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_due int;
begin
  select count(*) into v_due from (
    select from phone_pool.carrier_releases r
    where r.gone_at is null and r.next_attempt_at <= v_now
      and (r.lease_until is null or r.lease_until <= v_now)
    limit 1000
  ) due;
  if v_due > 0 then
    perform phone_pool.nudge('release-numbers');
  end if;
  -- A day after the last comparison with Telnyx; asked again every 10 minutes until it is done.
  if exists (select from public.phone_numbers n where n.purchased_at < v_now - interval '1 day')
    and not exists (select from phone_pool.heartbeats h
      where (h.job = 'reconcile' and h.last_at > v_now - interval '1 day')
        or (h.job = 'reconcile_nudge' and h.last_at > v_now - interval '10 minutes')) then
    perform phone_pool.nudge('reconcile-carrier');
    perform phone_pool.beat('reconcile_nudge');
  end if;
  return v_due;
end
$$;
comment on function phone_pool.nudge_carrier_work() is
  'Nudges release-numbers while numbers are to be given back, and reconcile-carrier once a day. '
  'Returns how many numbers are due to be given back.';

revoke execute on all functions in schema phone_pool from public;
