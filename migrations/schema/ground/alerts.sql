-- What needs a person. One open row a kind and subject: seen again, it counts.
--
--   open ──close_alert()──▶ quiet ──settings.alert_quiet_period──▶ closed
--     ▲──────raise_alert()─────┘
--
-- What comes and goes within the quiet period is one alert, told once, and not a stream of them.
--
-- Raising and closing only append to alert_events, so that the work that noticed the problem waits
-- for nobody, and an open transaction that has raised an alert holds up no other. The sweep folds
-- the events into alerts.

create table phone_pool.alerts (
  id bigint generated always as identity constraint alerts_pkey primary key,
  kind text not null,
  subject text not null default '',
  message text not null,
  occurrences int not null default 1,
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  quiet_since timestamptz,
  closed_at timestamptz,
  constraint alerts_close_after_they_open check (closed_at >= opened_at)
);
comment on table phone_pool.alerts is 'Problems that a person should know of, open and closed.';
comment on column phone_pool.alerts.kind is
  'What kind of problem, such as pool_empty: see alert_kinds. No foreign key: an alert of a kind '
  'that is not listed is better than none.';
comment on column phone_pool.alerts.subject is 'What it is about: an id or a job; never a patient.';
comment on column phone_pool.alerts.quiet_since is 'Since when the problem is over.';
create unique index alerts_are_open_once on phone_pool.alerts (kind, subject)
  where closed_at is null;
create index alerts_by_opened_at on phone_pool.alerts (opened_at);
alter table phone_pool.alerts enable row level security;
grant select on phone_pool.alerts to service_role;

create table phone_pool.alert_events (
  id bigint generated always as identity constraint alert_events_pkey primary key,
  kind text not null,
  subject text not null,
  message text,
  at timestamptz not null
);
comment on table phone_pool.alert_events is
  'Problems seen and over since the latest sweep, which folds them into alerts.';
comment on column phone_pool.alert_events.message is 'What was seen; null: the problem is over.';
create index alert_events_by_alert on phone_pool.alert_events (kind, subject, id);
alter table phone_pool.alert_events enable row level security;
grant select on phone_pool.alert_events to service_role;

create function phone_pool.raise_alert(p_kind text, p_message text, p_subject text default '')
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  insert into phone_pool.alert_events (kind, subject, message, at)
  values (p_kind, coalesce(p_subject, ''), p_message, phone_pool.clock());
$$;
comment on function phone_pool.raise_alert(text, text, text) is
  'Opens the alert of this kind and subject, or counts it once more, with the next sweep. Never '
  'waits.';

create function phone_pool.close_alert(p_kind text, p_subject text default '')
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  -- Nearly always there is nothing to close.
  insert into phone_pool.alert_events (kind, subject, message, at)
  select p_kind, coalesce(p_subject, ''), null, phone_pool.clock()
  where exists (
    select from phone_pool.alerts a
    where a.kind = p_kind and a.subject = coalesce(p_subject, '') and a.closed_at is null
      and a.quiet_since is null
  ) or (
    select e.message is not null from phone_pool.alert_events e
    where e.kind = p_kind and e.subject = coalesce(p_subject, '') order by e.id desc limit 1
  );
$$;
comment on function phone_pool.close_alert(text, text) is
  'The problem is over: with the next sweep the alert, if it is open, becomes quiet, and it closes '
  'when the problem was not seen again for settings.alert_quiet_period. Never waits.';

create function phone_pool.fold_alert_events(p_limit int default 1000)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_open bigint[];
  v_count int;
begin
  v_open := array(
    select a.id from phone_pool.alerts a where a.closed_at is null order by a.id
    for update skip locked);
  with taken as (
    delete from phone_pool.alert_events e
    where e.id in (
      select f.id from phone_pool.alert_events f
      -- An alert that is being changed by hand is not waited for: its events stay.
      where not exists (
        select from phone_pool.alerts a
        where a.kind = f.kind and a.subject = f.subject and a.closed_at is null
          and a.id <> all (v_open))
      order by f.id limit p_limit for update of f skip locked)
    returning e.id, e.kind, e.subject, e.message, e.at
  ),
  folded as (
    select t.kind, t.subject, min(t.id) as first_id, count(t.message)::int as times,
      min(t.at) filter (where t.message is not null) as first_at,
      max(t.at) filter (where t.message is not null) as last_at,
      (array_agg(t.message order by t.id desc) filter (where t.message is not null))[1] as message,
      case when (array_agg(t.message order by t.id desc))[1] is null then max(t.at) end
        as quiet_since
    from taken t group by t.kind, t.subject
  ),
  raised as (
    insert into phone_pool.alerts as a
      (kind, subject, message, occurrences, opened_at, last_seen_at, quiet_since)
    select f.kind, f.subject, f.message, f.times, f.first_at, f.last_at,
      case when f.quiet_since is not null then greatest(f.quiet_since, f.last_at) end
    from folded f where f.times > 0
    -- Told in the order in which they were seen.
    order by f.first_id
    on conflict (kind, subject) where closed_at is null do update
    set occurrences = a.occurrences + excluded.occurrences, message = excluded.message,
      last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at),
      quiet_since = excluded.quiet_since
    returning a.id
  ),
  quiet as (
    update phone_pool.alerts a set quiet_since = greatest(f.quiet_since, a.opened_at)
    from folded f
    where f.times = 0 and a.kind = f.kind and a.subject = f.subject and a.closed_at is null
      and a.quiet_since is null
      -- Committed late, and seen again since.
      and f.quiet_since >= a.last_seen_at
    returning a.id
  )
  select count(*) into strict v_count from (select from raised union all select from quiet) w;
  return v_count;
end
$$;
comment on function phone_pool.fold_alert_events(int) is
  'Writes what was seen since the last time into alerts, p_limit events at most. Returns how many '
  'alerts changed. Run by the sweep, one at a time.';

create function phone_pool.set_alert(
  p_kind text,
  p_is_true boolean,
  p_message text,
  p_subject text default ''
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_is_true then
    perform phone_pool.raise_alert(p_kind, p_message, p_subject);
  else
    perform phone_pool.close_alert(p_kind, p_subject);
  end if;
end
$$;
comment on function phone_pool.set_alert(text, boolean, text, text) is
  'Raises the alert if it is true and closes it if it is not.';
