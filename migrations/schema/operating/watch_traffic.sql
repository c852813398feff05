-- The other half of the evidence: what comes and goes at Telnyx and LiveKit, and the end of alerts.

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
    '%s webhooks rejected since %s: %s', w.rejected,
    to_char(w.since at time zone 'UTC', 'HH24:MI "UTC"'), w.last_reason), w.provider)
  from (
    select r.provider, min(r.hour) as since, sum(r.rejected) as rejected,
      (array_agg(r.last_reason order by r.hour desc))[1] as last_reason
    from phone_pool.webhook_rejections r
    -- This hour and the one before.
    where r.last_at > v_now - interval '1 hour'
    group by r.provider
    union all
    select a.subject, v_now, 0, ''
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
