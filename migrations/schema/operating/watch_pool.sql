-- A step of the sweep that looks at the evidence: what is wrong is an alert, what is over is not.
-- Each watch_* function looks at one thing, by an index, and raises or closes its own alerts.

create table phone_pool.low_water_episodes (
  id bigint generated always as identity constraint low_water_episodes_pkey primary key,
  began_at timestamptz not null,
  ended_at timestamptz,
  constraint low_water_episodes_end_after_they_begin check (ended_at >= began_at)
);
comment on table phone_pool.low_water_episodes is
  'When fewer numbers than low water were available, as the sweep saw it.';
create unique index low_water_episodes_one_at_a_time on phone_pool.low_water_episodes ((true))
  where ended_at is null;
create index low_water_episodes_by_time on phone_pool.low_water_episodes (ended_at);
alter table phone_pool.low_water_episodes enable row level security;
grant select on phone_pool.low_water_episodes to service_role;

create function phone_pool.watch_supply()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_settings phone_pool.settings;
  v_health record;
  v_is_low boolean;
begin
  select * into strict v_settings from phone_pool.settings;
  select h.available, h.in_flight, h.waiting, h.waiting_since, h.low_water, h.committed_usd
  into strict v_health from public.admin_pool_health h;
  v_is_low := v_health.available < v_health.low_water;

  perform phone_pool.set_alert('pool_empty',
    v_health.available = 0 and (v_health.low_water > 0 or v_health.waiting > 0),
    format('no number available, %s on order, %s organizations waiting',
      v_health.in_flight, v_health.waiting));
  -- Empty is told as empty.
  perform phone_pool.set_alert('pool_low', v_is_low and v_health.available > 0,
    format('%s numbers available, %s on order, low water is %s',
      v_health.available, v_health.in_flight, v_health.low_water));
  if v_is_low then
    insert into phone_pool.low_water_episodes (began_at) values (v_now)
    on conflict ((true)) where ended_at is null do nothing;
  else
    update phone_pool.low_water_episodes e set ended_at = greatest(v_now, e.began_at)
    where e.ended_at is null;
  end if;

  perform phone_pool.set_alert('organization_waiting',
    v_health.waiting_since < v_now - v_settings.alert_waiting_after,
    format('%s organizations waiting, the first since %s', v_health.waiting,
      to_char(v_health.waiting_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')));
  perform phone_pool.set_alert('budget_near',
    v_health.committed_usd > v_settings.monthly_budget_usd * v_settings.alert_budget_share,
    format('%s of %s dollars are committed this month',
      round(v_health.committed_usd, 2), v_settings.monthly_budget_usd));
  if v_settings.monthly_minutes_budget_usd is null then
    perform phone_pool.close_alert('budget_near', 'minutes');
  else
    perform phone_pool.set_alert('budget_near',
      c.usd > v_settings.monthly_minutes_budget_usd * v_settings.alert_budget_share,
      format('%s of %s dollars are spent on calls this month, %s of them by estimate',
        round(c.usd, 2), v_settings.monthly_minutes_budget_usd, round(c.estimated_usd, 2)),
      'minutes')
    from phone_pool.call_spending(date_trunc('month', v_now, 'UTC'), 'infinity') c;
  end if;
end
$$;
comment on function phone_pool.watch_supply() is
  'pool_empty, pool_low, organization_waiting, budget_near.';

create function phone_pool.watch_churn()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_latest bigint;
  v_usual numeric;
begin
  -- Usual: an hour of the last 28 days, the last hour left out.
  select count(*) filter (where upper(t.held) > v_now - interval '1 hour'),
    count(*) filter (where upper(t.held) <= v_now - interval '1 hour') / (28 * 24.0)
  into strict v_latest, v_usual
  from phone_pool.tenures t
  where not upper_inf(t.held) and upper(t.held) > v_now - interval '28 days' and not t.is_replaced;
  perform phone_pool.set_alert('churn_high', v_latest >= 10 and v_latest > 5 * v_usual, format(
    '%s organizations left within an hour, %s in a usual one', v_latest, round(v_usual, 2)));
end
$$;
comment on function phone_pool.watch_churn() is
  'churn_high: at least 10 within an hour, and five times as many as usual.';

create function phone_pool.watch_numbers()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform phone_pool.raise_alert('number_gone', format(
    '…%s is not in the account any more, and organization %s cannot call',
    right(g.phone_number, 4), g.organization_id), g.id::text)
  from (
    select n.id, n.phone_number, n.organization_id from public.phone_numbers n
    where n.organization_id is not null and n.carrier_status = 'gone'
    order by n.id limit 100
  ) g;
  perform phone_pool.raise_alert('number_held_back',
    format('…%s: %s', right(h.phone_number, 4), h.suspended_reason), h.id::text)
  from (
    select n.id, n.phone_number, n.suspended_reason from public.phone_numbers n
    where n.status = 'suspended' and n.suspended_until = 'infinity'
      -- Telnyx is being asked: after a quarter of an hour line_not_applied says that it was not.
      and not exists (select from phone_pool.lines l
        where l.phone_number_id = n.id and not l.is_applied)
    order by n.id limit 100
  ) h;
  perform phone_pool.close_alert(a.kind, a.subject) from phone_pool.alerts a
  where a.closed_at is null and (a.kind = 'number_gone' and not exists (
      select from public.phone_numbers n
      where n.id::text = a.subject and n.organization_id is not null and n.carrier_status = 'gone')
    or a.kind = 'number_held_back' and not exists (
      select from public.phone_numbers n
      where n.id::text = a.subject and n.status = 'suspended' and n.suspended_until = 'infinity'));
end
$$;
comment on function phone_pool.watch_numbers() is
  'number_gone and number_held_back, by number: the first hundred of each.';

create function phone_pool.watch_assignments()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- By organization: while it waits and could not be written. Of a registration that failed: it
  -- waits since then as everybody does, so a while in which none failed is the end of it.
  perform phone_pool.close_alert(a.kind, a.subject) from phone_pool.alerts a
  where a.kind = 'assignment_failed' and a.closed_at is null
    and a.last_seen_at < phone_pool.clock() - interval '10 minutes'
    and not exists (
      select from phone_pool.number_requests r
      where r.organization_id::text = a.subject and r.failures > 0);
end
$$;
comment on function phone_pool.watch_assignments() is
  'The end of assignment_failed: ten minutes without another, and the organization waits no '
  'longer.';

create function phone_pool.watch_jobs()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The sweep itself is late when it runs again after a pause, and can tell only then: while it is
  -- not running, admin_pool_health and the Edge Function health say so.
  perform phone_pool.set_alert('job_stalled', j.is_late,
    format('%s: last ran %s, due since %s', j.what,
      coalesce(to_char(j.last_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), 'never'),
      to_char(j.due_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')), j.job)
  from public.admin_jobs j;
end
$$;
comment on function phone_pool.watch_jobs() is 'job_stalled, by job.';

create function phone_pool.watch_carrier()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_requests bigint;
  v_failed bigint;
  v_last_failed_at timestamptz;
  v_last_ok_at timestamptz;
begin
  -- A refusal (no stock, wrong key, rate limit) is an answer: Telnyx is up.
  select count(*), count(*) filter (where c.is_failure), max(c.at) filter (where c.is_failure),
    max(c.at) filter (where not c.is_failure)
  into strict v_requests, v_failed, v_last_failed_at, v_last_ok_at
  from (
    select r.requested_at as at, not r.ok and (r.http_status is null or r.http_status >= 500)
      as is_failure
    from phone_pool.carrier_requests r
    where r.requested_at > v_now - interval '15 minutes'
    order by r.requested_at desc limit 1000
  ) c;
  if v_failed >= 3 and v_failed * 2 >= v_requests then
    perform phone_pool.raise_alert('carrier_down', format(
      '%s of %s requests of the last 15 minutes failed', v_failed, v_requests), 'telnyx');
  elsif v_last_ok_at > coalesce(v_last_failed_at, '-infinity') then
    perform phone_pool.close_alert('carrier_down', 'telnyx');
  end if;
end
$$;
comment on function phone_pool.watch_carrier() is
  'carrier_down. Without requests there is no evidence: it stays as it is.';

create function phone_pool.watch_calls()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_ended bigint;
  v_failed bigint;
  v_all_failed boolean;
begin
  select count(*) = 5 and bool_and(c.status in ('failed', 'unknown')) into strict v_all_failed
  from (
    select i.status from phone_pool.intake_calls i
    where i.created_at between v_now - interval '1 day' and v_now
      and i.status <> 'refused' and i.ended_at is not null
    order by i.created_at desc limit 5
  ) c;
  select count(*), count(*) filter (where c.status in ('failed', 'unknown'))
  into strict v_ended, v_failed
  from (
    select i.status from phone_pool.intake_calls i
    where i.created_at between v_now - interval '30 minutes' and v_now
      and i.status <> 'refused' and i.ended_at is not null
    order by i.created_at desc limit 200
  ) c;
  if v_failed >= 5 and v_failed * 2 >= v_ended then
    perform phone_pool.raise_alert('calls_failing', format(
      '%s of the last %s calls failed', v_failed, v_ended));
  elsif v_all_failed then
    perform phone_pool.raise_alert('calls_failing', 'the last 5 calls failed');
  else
    perform phone_pool.close_alert('calls_failing');
  end if;
end
$$;
comment on function phone_pool.watch_calls() is
  'calls_failing: the last 5 calls of a day, or of the last 200 of half an hour a half and at '
  'least 5. Busy, declined, blocked and not answered are no failures.';

create function phone_pool.watch_webhooks()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  perform phone_pool.set_alert('webhook_rejected', w.rejected >= 3, format(
    '%s webhooks rejected since %s: not signed with our key', w.rejected,
    to_char(w.since at time zone 'UTC', 'HH24:MI "UTC"')), w.provider)
  from (
    select r.provider, min(r.hour) as since, sum(r.rejected) as rejected
    from phone_pool.webhook_rejections r
    -- This hour and the one before.
    where r.last_at > v_now - interval '1 hour'
    group by r.provider
    union all
    select a.subject, v_now, 0
    from phone_pool.alerts a
    where a.kind = 'webhook_rejected' and a.closed_at is null and not exists (
      select from phone_pool.webhook_rejections r
      where r.provider = a.subject and r.last_at > v_now - interval '1 hour')
  ) w;
end
$$;
comment on function phone_pool.watch_webhooks() is
  'webhook_rejected, by provider: three of late. A single one is a scan.';

create function phone_pool.settle_alerts(p_limit int default 200)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_alert record;
  v_count int := 0;
begin
  for v_alert in
    select a.id, a.kind, a.subject,
      coalesce(a.quiet_since <= v_now - s.alert_quiet_period, false) as is_over
    from phone_pool.alerts a
    cross join phone_pool.settings s
    left join phone_pool.alert_kinds k on k.kind = a.kind
    where a.closed_at is null and (a.quiet_since <= v_now - s.alert_quiet_period
      or (a.quiet_since is null and a.last_seen_at <= v_now - k.over_after))
    order by a.id
    limit p_limit
    for update of a skip locked
  loop
    update phone_pool.alerts a
    set quiet_since = coalesce(a.quiet_since, v_now),
      closed_at = case when v_alert.is_over then v_now end
    where a.id = v_alert.id and a.closed_at is null
      and (not v_alert.is_over or a.quiet_since is not null);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.settle_alerts(int) is
  'A step of the sweep, after fold_alert_events(): closes alerts that have been quiet for '
  'settings.alert_quiet_period, and lets those become quiet that were not raised for over_after. '
  'Returns how many.';

create function phone_pool.watch_pool()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform phone_pool.watch_supply();
  perform phone_pool.watch_churn();
  perform phone_pool.watch_numbers();
  perform phone_pool.watch_lines();
  perform phone_pool.watch_assignments();
  perform phone_pool.watch_jobs();
  perform phone_pool.watch_carrier();
  perform phone_pool.watch_calls();
  perform phone_pool.watch_webhooks();
  perform phone_pool.watch_records();
  return (select count(*)::int from phone_pool.alerts a where a.closed_at is null);
end
$$;
comment on function phone_pool.watch_pool() is
  'A step of the sweep: opens and closes alerts by evidence. Returns how many are open.';
