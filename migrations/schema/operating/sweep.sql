-- The net under everything: every minute, by pg_cron, what a lost nudge, a crashed function or a
-- race has left undone is found by looking at the tables, and done or asked for again.
-- Bounded: one run serves at most a few hundred organizations.

create function phone_pool.drop_idle_requests()
returns bigint
language sql
set search_path = pg_catalog, pg_temp
as $$
  with idle as (
    select r.id
    from phone_pool.number_requests r
    join public.organizations o on o.id = r.organization_id
    cross join phone_pool.settings s
    left join public.phone_numbers n on n.organization_id = o.id
    where o.subscription_status = any (s.inactive_statuses)
      or n.id is distinct from r.replaces
      or (r.replaces is null and phone_pool.is_own_phone(o.phone))
    -- One that a client is writing is dropped another time.
    for update of r skip locked
  ),
  dropped as (
    delete from phone_pool.number_requests r using idle i where r.id = i.id
    returning r.id
  )
  select count(*) from dropped;
$$;
comment on function phone_pool.drop_idle_requests() is
  'An organization that brought a phone of its own, has left, has a number by now, or has lost the '
  'one that was to be replaced waits no longer. Returns how many.';

create function phone_pool.nudge_workers()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_purchases bigint;
  v_releases bigint;
begin
  select count(*) into v_purchases from phone_pool.purchases p
  where p.status in ('planned', 'ordering', 'ordered') and p.next_attempt_at <= v_now
    and (p.lease_until is null or p.lease_until <= v_now);
  select count(*) into v_releases from phone_pool.carrier_releases r
  where r.gone_at is null and r.next_attempt_at <= v_now
    and (r.lease_until is null or r.lease_until <= v_now);
  perform phone_pool.nudge(w.name)
  from (values ('replenish-pool', v_purchases), ('release-numbers', v_releases)) w (name, due)
  where w.due > 0;
  if exists (select from phone_pool.lines l where l.next_attempt_at <= v_now
    and (l.lease_until is null or l.lease_until <= v_now)) then
    perform phone_pool.nudge('reconcile-carrier/lines');
  end if;
  if exists (select from phone_pool.call_record_import i
      where i.next_attempt_at <= v_now and (i.lease_until is null or i.lease_until <= v_now))
    and exists (select from public.phone_numbers n
      where n.purchased_at < v_now - interval '1 hour') then
    perform phone_pool.nudge('reconcile-carrier/records');
  end if;
  -- A day after the last comparison with Telnyx; asked again every 10 minutes until it is done.
  if exists (select from public.phone_numbers n where n.purchased_at < v_now - interval '1 day')
    and not exists (select from phone_pool.heartbeats h
      where (h.job = 'reconcile-carrier' and h.last_at > v_now - interval '1 day')
        or (h.job = 'reconcile_nudge' and h.last_at > v_now - interval '10 minutes')) then
    perform phone_pool.nudge('reconcile-carrier');
    perform phone_pool.beat('reconcile_nudge');
  end if;
  return v_purchases + v_releases;
end
$$;
comment on function phone_pool.nudge_workers() is
  'A step of the sweep: nudges replenish-pool and release-numbers while purchases or releases are '
  'due that no worker has claimed, reconcile-carrier once a day, its lines while they are due, and '
  'its call records every 15 minutes. Returns how many purchases and releases are due.';

create function phone_pool.sweep()
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
-- A step that a transaction without end holds up fails, and the others are done.
set lock_timeout = '5s'
as $$
declare
  -- In this order; each is a function of phone_pool without parameters that does a bounded amount
  -- of work and returns how much it did.
  c_steps constant text[] := array[
    'fold_rent_changes',
    'drop_idle_requests',
    'catch_up_churn',
    'free_orphaned_purchases',
    'look_after_organizations',
    'serve_waiting',
    'process_webhook_events',
    'widen_overdue_requests',
    'close_cap_alerts',
    'forecast_demand',
    'plan',
    -- Late: what it frees counts as free from the next transaction on, see count_available().
    'end_quarantines',
    'give_back_surplus',
    'recheck_held_back_numbers',
    'follow_carrier',
    'follow_lines',
    'nudge_workers',
    'close_lost_calls',
    'match_call_records',
    'read_nudge_answers',
    'watch_pool',
    'fold_alert_events',
    'settle_alerts',
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
