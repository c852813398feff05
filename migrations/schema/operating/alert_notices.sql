-- Alerts leave the database: one message when an alert opens and one when it closes, as Slack and
-- others take them ({"text": …}), posted by pg_net to settings.alert_webhook_url.
--
-- The message is a row, written by the sweep that sees the change. It posts it and remembers the
-- request; a later run looks for the answer: 2xx, and it is never posted again; anything else,
-- or no answer for five minutes (pg_net forgets in a crash), and it is posted again later.

create table phone_pool.alert_notices (
  id bigint generated always as identity constraint alert_notices_pkey primary key,
  alert_id bigint not null
    constraint alert_notices_alert_exists references phone_pool.alerts (id),
  change text not null
    constraint alert_notices_change_is_known check (change in ('opened', 'closed')),
  attempts int not null default 0,
  request_id bigint,
  posted_at timestamptz,
  next_attempt_at timestamptz not null,
  last_error text,
  acknowledged_at timestamptz,
  created_at timestamptz not null,
  constraint alert_notices_are_told_once unique (alert_id, change),
  constraint alert_notices_posted_before_acknowledged check
    (acknowledged_at is null or posted_at is not null)
);
comment on table phone_pool.alert_notices is 'What is to be told, and was told, of alerts.';
comment on column phone_pool.alert_notices.request_id is
  'Of pg_net, while its answer is awaited; null: to be posted.';
comment on column phone_pool.alert_notices.acknowledged_at is 'When a 2xx answer was seen.';
create index alert_notices_to_tell on phone_pool.alert_notices (id) where acknowledged_at is null;
alter table phone_pool.alert_notices enable row level security;
grant select on phone_pool.alert_notices to service_role;

create function phone_pool.note_alerts_to_tell()
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  insert into phone_pool.alert_notices (alert_id, change, next_attempt_at, created_at)
  select a.id, c.change, n.at, n.at
  from (select phone_pool.clock() as at) n
  cross join phone_pool.alerts a
  cross join lateral (
    select case when a.closed_at is null then 'opened' else 'closed' end as change) c
  -- That alerts are not delivered cannot be delivered either.
  where a.kind <> 'alert_undelivered' and (a.closed_at is null
    -- The end is told of what was told, and not of what was over long ago.
    or (a.closed_at > n.at - interval '1 day' and exists (
      select from phone_pool.alert_notices o where o.alert_id = a.id and o.change = 'opened')))
  on conflict on constraint alert_notices_are_told_once do nothing;
$$;
comment on function phone_pool.note_alerts_to_tell() is
  'Notes which alerts are to be told: each that is open, also those that were before '
  'settings.alert_webhook_url was set, and the end of each that was told.';

create function phone_pool.alert_text(p_alert_id bigint, p_change text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select left(regexp_replace(concat_ws(E'\n',
    format('%s *%s%s* %s (%s, alert %s)',
      case when p_change = 'closed' then ':white_check_mark:'
        when k.severity = 'critical' then ':rotating_light:' else ':warning:' end,
      a.kind, nullif(': ' || a.subject, ': '), p_change, coalesce(k.severity, 'unknown'), a.id),
    k.what,
    case when k.tells_message and p_change = 'opened' then a.message end,
    case when p_change = 'opened'
      then 'What to do: ' || coalesce(k.runbook, 'supabase/operate.md') end
  -- No number leaves whole, not even one of ours.
  ), '\+?[0-9]{6,}([0-9]{4})', '…\1', 'g'), 2000)
  from phone_pool.alerts a
  left join phone_pool.alert_kinds k on k.kind = a.kind
  where a.id = p_alert_id;
$$;
comment on function phone_pool.alert_text(bigint, text) is
  'What is told of an alert that has opened or closed: its kind, subject and meaning, and its '
  'message where that is made of our own words. Nothing of a patient.';

create function phone_pool.read_notice_answers()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_notice record;
  v_count int := 0;
begin
  for v_notice in
    select n.id, n.posted_at, n.attempts, r.id is not null as is_answered, r.status_code,
      coalesce(r.error_msg, 'HTTP ' || r.status_code, 'no answer') as problem
    from phone_pool.alert_notices n
    left join net._http_response r on r.id = n.request_id
    where n.acknowledged_at is null and n.request_id is not null
    order by n.id limit 100
    for update of n skip locked
  loop
    if v_notice.status_code between 200 and 299 then
      update phone_pool.alert_notices n set acknowledged_at = v_now, last_error = null
      where n.id = v_notice.id;
      perform phone_pool.close_alert('alert_undelivered');
      v_count := v_count + 1;
    elsif v_notice.is_answered or v_notice.posted_at < v_now - interval '5 minutes' then
      update phone_pool.alert_notices n
      set request_id = null, last_error = left(v_notice.problem, 200),
        next_attempt_at = v_now + phone_pool.backoff(v_notice.attempts + 3, random())
      where n.id = v_notice.id;
      if v_notice.attempts >= 5 then
        perform phone_pool.raise_alert('alert_undelivered', format(
          '%s attempts: %s', v_notice.attempts, left(v_notice.problem, 200)));
      end if;
    end if;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.read_notice_answers() is
  'Looks at what became of the messages posted: acknowledged, or to be posted again. Returns how '
  'many were acknowledged.';

create function phone_pool.deliver_alerts()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_url text;
  v_notice record;
  v_count int := phone_pool.read_notice_answers();
begin
  select s.alert_webhook_url into strict v_url from phone_pool.settings s;
  if v_url is null then
    return v_count;
  end if;
  perform phone_pool.note_alerts_to_tell();
  -- What was noted just now is due.
  v_now := phone_pool.clock();
  for v_notice in
    select n.id, n.alert_id, n.change from phone_pool.alert_notices n
    where n.acknowledged_at is null and n.request_id is null and n.next_attempt_at <= v_now
      -- That it is over is told after that it began.
      and (n.change = 'opened' or not exists (
        select from phone_pool.alert_notices o
        where o.alert_id = n.alert_id and o.change = 'opened' and o.acknowledged_at is null))
    order by n.id limit 20
    for update of n skip locked
  loop
    update phone_pool.alert_notices n
    set attempts = n.attempts + 1, posted_at = v_now, request_id = net.http_post(
      url := v_url,
      body := jsonb_build_object(
        'text', phone_pool.alert_text(v_notice.alert_id, v_notice.change)),
      timeout_milliseconds := 5000)
    where n.id = v_notice.id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.deliver_alerts() is
  'A step of the sweep: posts what is to be told, once its turn has come, 20 messages at most. '
  'Returns how many were posted or acknowledged.';

create function phone_pool.test_alert()
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Each test is an alert of its own: one whose message did not arrive is repeated at once.
  v_subject text := to_char(phone_pool.clock() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US');
begin
  if (select s.alert_webhook_url from phone_pool.settings s) is null then
    return 'settings.alert_webhook_url is not set: nothing was sent';
  end if;
  perform phone_pool.raise_alert('test', 'a test alert', v_subject);
  perform phone_pool.fold_alert_events();
  perform phone_pool.deliver_alerts();
  perform phone_pool.close_alert('test', v_subject);
  return 'sent; admin_alerts.told_at shows when it was acknowledged';
end
$$;
comment on function phone_pool.test_alert() is
  'Sends an alert of kind test to settings.alert_webhook_url, and says what was done. For '
  'postgres, in the SQL editor.';
