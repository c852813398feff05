-- The net under everything: every minute, by pg_cron, what a lost nudge, a crashed function or a
-- race has left undone is found by looking at the tables, and done or asked for again.
-- Bounded: one run serves at most a few hundred organizations.

create function phone_pool.plan_area_code_purchases()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request record;
  v_planned int := 0;
begin
  if not phone_pool.try_lock_planning() or phone_pool.purchasing_pauses() then
    return 0;
  end if;
  for v_request in
    select r.organization_id, r.area_code from phone_pool.number_requests r
    where r.area_code is not null and not exists (
      select from phone_pool.purchases p
      where p.organization_id = r.organization_id
        and p.status in ('planned', 'ordering', 'ordered')
    )
    order by r.id limit 100
  loop
    v_planned := v_planned + phone_pool.plan_purchases(
      1, 'area_code', v_request.area_code, v_request.organization_id);
    exit when phone_pool.purchasing_pauses();
  end loop;
  return v_planned;
end
$$;
comment on function phone_pool.plan_area_code_purchases() is
  'Plans the purchases of those who wait for an area code and for whom none is on order.';

create function phone_pool.drop_idle_requests()
returns bigint
language sql
set search_path = pg_catalog, pg_temp
as $$
  with dropped as (
    delete from phone_pool.number_requests r
    using public.organizations o, phone_pool.settings s
    where o.id = r.organization_id
      and (o.phone is not null or o.subscription_status = any (s.inactive_statuses))
    returning r.id
  )
  select count(*) from dropped;
$$;
comment on function phone_pool.drop_idle_requests() is
  'Whoever brought a number of its own, or has left, waits no longer. Returns how many.';

create function phone_pool.retry_failed_assignments()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint := 0;
begin
  -- A registration whose assignment failed is not even in the queue. Should its alert be lost as
  -- well, it is found within the hour.
  if exists (
    select from phone_pool.heartbeats h
    where h.job = 'lost_registrations' and h.last_at > phone_pool.clock() - interval '1 hour'
  ) and not exists (
    select from phone_pool.alerts a where a.kind = 'assignment_failed' and a.closed_at is null
  ) then
    return 0;
  end if;
  perform phone_pool.beat('lost_registrations');
  insert into phone_pool.number_requests
    (organization_id, area_code, wanted_area_code, requested_at)
  select o.id, phone_pool.wanted_area_code(o.settings), phone_pool.wanted_area_code(o.settings),
    phone_pool.clock()
  from public.organizations o, phone_pool.settings s
  -- Of the last day: older ones without a number are there because nobody has backfilled them, and
  -- one that had a number has given it up.
  where o.phone is null and o.created_at > phone_pool.clock() - interval '1 day'
    and coalesce(o.subscription_status, '') <> all (s.inactive_statuses)
    and not exists (select from phone_pool.number_requests r where r.organization_id = o.id)
    and not exists (select from phone_pool.tenures t where t.organization_id = o.id)
  order by o.created_at, o.id
  limit 500
  on conflict (organization_id) do nothing;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform phone_pool.serve_waiting(500);
  end if;
  update phone_pool.alerts a set closed_at = phone_pool.clock()
  where a.kind = 'assignment_failed' and a.closed_at is null
    and a.last_seen_at < phone_pool.clock() - interval '10 minutes';
  return v_count;
end
$$;
comment on function phone_pool.retry_failed_assignments() is
  'Puts the organizations of the last day whose assignment failed into the queue and serves it. '
  'Returns how many it found.';

create function phone_pool.nudge_due_purchases()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due bigint;
begin
  select count(*) into v_due from phone_pool.purchases p
  where p.status in ('planned', 'ordering', 'ordered')
    and p.next_attempt_at <= phone_pool.clock()
    and (p.lease_until is null or p.lease_until <= phone_pool.clock());
  if v_due > 0 then
    perform phone_pool.nudge('replenish-pool');
  end if;
  return v_due;
end
$$;
comment on function phone_pool.nudge_due_purchases() is
  'Asks for the purchases that are due and nobody works on. Returns how many.';

create function phone_pool.sweep()
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  -- In this order; each is a function of phone_pool without parameters that does a bounded amount
  -- of work and returns how much it did.
  c_steps constant text[] := array[
    'drop_idle_requests',
    'catch_up_churn',
    'free_orphaned_purchases',
    'serve_waiting',
    'process_telnyx_events',
    'tend_purchases',
    'retry_failed_assignments',
    'forecast_demand',
    'forecast_area_codes',
    'refill',
    'plan_area_code_purchases',
    'nudge_due_purchases',
    -- Late: what it frees counts as free from the next transaction on, see count_available().
    'end_quarantines',
    'nudge_carrier_work',
    'close_lost_calls',
    'count_call_months',
    'watch_pool',
    'deliver_alerts',
    'deliver_call_notices',
    'purge_logs'
  ];
  v_step text;
  v_count bigint;
  v_result jsonb := '{}';
begin
  foreach v_step in array c_steps loop
    begin
      execute format('select phone_pool.%I()', v_step) into v_count;
      v_result := v_result || jsonb_build_object(v_step, v_count);
      perform phone_pool.close_alert('sweep_failing', v_step);
    exception when others then
      -- One step that cannot be done must not keep the others from being done.
      raise warning 'phone_pool.%() failed: %', v_step, sqlerrm;
      v_result := v_result || jsonb_build_object(v_step, null);
      perform phone_pool.raise_alert('sweep_failing', sqlerrm, v_step);
    end;
  end loop;
  perform phone_pool.beat('sweep', v_result);
  return v_result;
end
$$;
comment on function phone_pool.sweep() is
  'Does, or asks for, whatever is due; returns how much each step did, null for one that failed. '
  'Run by pg_cron every minute. Security definer: it is the pool''s owner who sweeps, whoever '
  'calls it.';

-- From now on it is expected to run: admin_pool_health says stalled when it does not.
select phone_pool.beat('sweep');
select cron.schedule('phone-pool-sweep', '* * * * *', 'select phone_pool.sweep()');

revoke execute on all functions in schema phone_pool from public;
