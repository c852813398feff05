-- What needs a person. One open row a kind and subject: seen again, it counts.
--
--   open ──close_alert()──▶ quiet ──settings.alert_quiet_period──▶ closed
--     ▲──────raise_alert()─────┘
--
-- What comes and goes within the quiet period is one alert, told once, and not a stream of them.
-- Raising an alert never waits and never fails the work that noticed the problem: whoever writes
-- the row of an alert has its advisory lock first, or leaves it.

create table phone_pool.alerts (
  id bigint generated always as identity constraint alerts_pkey primary key,
  kind text not null,
  subject text not null default '',
  message text not null,
  occurrences int not null default 1,
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  quiet_since timestamptz null,
  closed_at timestamptz null,
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

create function phone_pool.try_lock_alert(p_kind text, p_subject text)
returns boolean
language sql
set search_path = pg_catalog, pg_temp
as $$
  select pg_try_advisory_xact_lock(hashtextextended('alert ' || p_kind || ' ' || p_subject, 0));
$$;
comment on function phone_pool.try_lock_alert(text, text) is
  'Takes the right to write the open alert of this kind and subject until the end of the '
  'transaction; false when somebody has it.';

create function phone_pool.raise_alert(p_kind text, p_message text, p_subject text default '')
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  -- ON CONFLICT would wait for another transaction's uncommitted row of the same alert, and a
  -- registration waits for nobody. Whoever has the lock is telling the same story.
  if not phone_pool.try_lock_alert(p_kind, p_subject) then
    return;
  end if;
  update phone_pool.alerts a
  set occurrences = a.occurrences + 1, last_seen_at = v_now, message = p_message,
    quiet_since = null
  where a.id = (
    select o.id from phone_pool.alerts o
    where o.kind = p_kind and o.subject = p_subject and o.closed_at is null
    for update skip locked
  );
  if not found then
    -- A row that is open and locked is being changed by hand: it is not waited for either.
    insert into phone_pool.alerts (kind, subject, message, opened_at, last_seen_at)
    select p_kind, p_subject, p_message, v_now, v_now
    where not exists (
      select from phone_pool.alerts o
      where o.kind = p_kind and o.subject = p_subject and o.closed_at is null);
  end if;
end
$$;
comment on function phone_pool.raise_alert(text, text, text) is
  'Opens the alert of this kind and subject, or counts it once more. Never waits.';

create function phone_pool.close_alert(p_kind text, p_subject text default '')
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Looks before it locks: nearly always there is nothing to close.
  if exists (
    select from phone_pool.alerts a
    where a.kind = p_kind and a.subject = p_subject and a.closed_at is null
      and a.quiet_since is null
  ) and phone_pool.try_lock_alert(p_kind, p_subject) then
    update phone_pool.alerts a set quiet_since = greatest(phone_pool.clock(), a.opened_at)
    where a.kind = p_kind and a.subject = p_subject and a.closed_at is null
      and a.quiet_since is null;
  end if;
end
$$;
comment on function phone_pool.close_alert(text, text) is
  'The problem is over: if the alert is open it becomes quiet, and closes when nobody has raised '
  'it again for settings.alert_quiet_period. Never waits: what somebody is just raising is not '
  'over.';

create table phone_pool.heartbeats (
  job text constraint heartbeats_pkey primary key,
  last_at timestamptz not null,
  result jsonb not null default '{}'
);
comment on table phone_pool.heartbeats is 'When each job last ran, and what it did.';
alter table phone_pool.heartbeats enable row level security;
grant select on phone_pool.heartbeats to service_role;

create function phone_pool.beat(p_job text, p_result jsonb default '{}')
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  insert into phone_pool.heartbeats (job, last_at, result)
  values (p_job, phone_pool.clock(), p_result)
  on conflict (job) do update set last_at = excluded.last_at, result = excluded.result;
$$;
comment on function phone_pool.beat(text, jsonb) is 'Records that p_job has just run.';

revoke execute on all functions in schema phone_pool from public;
