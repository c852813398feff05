-- Stand-in for pg_cron 1.6.4: same schema, tables, signatures, grants and errors. The jobs are run by
-- pg-cron-worker.ts. Unlike the real one it can be created in any database: tests clone theirs.

create schema cron;

create sequence cron.jobid_seq;
create sequence cron.runid_seq;

create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport int not null default coalesce(inet_server_port(), 5432),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

-- The values that one field of a cron expression stands for; raises when it stands for none.
create function cron._field_values(field text, lowest int, highest int, names text[])
returns int[]
language plpgsql immutable
set search_path = ''
as $$
declare
  item text;
  parts text[];
  first_value int;
  last_value int;
  found_values int[] := '{}';
begin
  foreach item in array string_to_array(lower(field), ',') loop
    for i in 1..coalesce(cardinality(names), 0) loop
      item := regexp_replace(item, '\m' || names[i] || '\M', (i - 1 + lowest)::text, 'g');
    end loop;
    parts := regexp_match(item, '^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$');
    if parts is null or parts[4]::int = 0 then
      raise exception 'invalid field';
    end if;
    first_value := coalesce(parts[2]::int, lowest);
    last_value := coalesce(
      parts[3]::int,
      case when parts[1] = '*' or parts[4] is not null then highest else first_value end
    );
    if first_value < lowest or last_value > highest or first_value > last_value then
      raise exception 'invalid field';
    end if;
    found_values := found_values || array(
      select generate_series(first_value, last_value, coalesce(parts[4]::int, 1))
    );
  end loop;
  if cardinality(found_values) = 0 then
    raise exception 'invalid field';
  end if;
  return found_values;
end
$$;

-- The seconds of an interval schedule such as '30 seconds' (1 to 59), else null.
create function cron._interval_seconds(schedule text) returns int
language sql immutable
set search_path = ''
as $$
  select s.seconds
  from (select (regexp_match(lower(schedule), '^\s*(\d{1,2})\s+seconds?\s*$'))[1]::int) as s (seconds)
  where s.seconds between 1 and 59
$$;

-- Whether a five-field schedule names the minute of p_at (GMT). Two restricted day fields mean either.
create function cron._names_minute(schedule text, at timestamptz) returns boolean
language plpgsql immutable
set search_path = ''
as $$
declare
  fields text[] := regexp_split_to_array(
    case lower(btrim(schedule))
      when '@yearly' then '0 0 1 1 *'
      when '@annually' then '0 0 1 1 *'
      when '@monthly' then '0 0 1 * *'
      when '@weekly' then '0 0 * * 0'
      when '@daily' then '0 0 * * *'
      when '@midnight' then '0 0 * * *'
      when '@hourly' then '0 * * * *'
      else btrim(schedule)
    end,
    '\s+'
  );
  gmt timestamp := at at time zone 'GMT';
  minutes int[];
  hours int[];
  month_days int[];
  months int[];
  week_days int[];
  last_day boolean;
  day_named boolean;
  weekday_named boolean;
begin
  if cardinality(fields) <> 5 then
    raise exception 'invalid schedule';
  end if;
  minutes := cron._field_values(fields[1], 0, 59, null);
  hours := cron._field_values(fields[2], 0, 23, null);
  last_day := fields[3] = '$';
  if not last_day then
    month_days := cron._field_values(fields[3], 1, 31, null);
  end if;
  months := cron._field_values(
    fields[4], 1, 12,
    array['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
  );
  week_days := cron._field_values(
    fields[5], 0, 7, array['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
  );

  day_named := case
    when last_day then extract(day from gmt + interval '1 day') = 1
    else extract(day from gmt)::int = any (month_days)
  end;
  weekday_named := extract(dow from gmt)::int = any (week_days)
    or (extract(dow from gmt) = 0 and 7 = any (week_days));

  return extract(minute from gmt)::int = any (minutes)
    and extract(hour from gmt)::int = any (hours)
    and extract(month from gmt)::int = any (months)
    and case
      when left(fields[3], 1) = '*' or left(fields[5], 1) = '*' then day_named and weekday_named
      else day_named or weekday_named
    end;
end
$$;

create function cron._check_schedule(schedule text) returns void
language plpgsql immutable
set search_path = ''
as $$
begin
  if cron._interval_seconds(schedule) is null then
    perform cron._names_minute(schedule, 'epoch'::timestamptz);
  end if;
exception
  when raise_exception or null_value_not_allowed then
    raise exception 'invalid schedule: %', schedule
      using errcode = 'invalid_parameter_value',
        hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
end
$$;

-- The tables are not the caller's to write: the public functions pass on who called, these write.
create function cron._save(
  job_name text,
  schedule text,
  command text,
  database text,
  username text,
  active boolean
) returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  saved_id bigint;
begin
  perform cron._check_schedule(_save.schedule);
  insert into cron.job as j (jobname, schedule, command, database, username, active)
  values (
    _save.job_name, _save.schedule, _save.command, _save.database, _save.username, _save.active
  )
  on conflict on constraint jobname_username_uniq do update
  set
    schedule = excluded.schedule,
    command = excluded.command,
    database = excluded.database,
    active = excluded.active
  returning j.jobid into saved_id;
  return saved_id;
end
$$;

create function cron._remove(job_id bigint, job_name text, username text) returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from cron.job as j
  where (j.jobid = job_id or j.jobname = job_name) and j.username = _remove.username;
  if not found then
    raise exception 'could not find valid entry for job ''%''', coalesce(job_name, job_id::text);
  end if;
  return true;
end
$$;

create function cron._alter(
  job_id bigint,
  schedule text,
  command text,
  database text,
  new_username text,
  active boolean,
  caller text
) returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if _alter.schedule is not null then
    perform cron._check_schedule(_alter.schedule);
  end if;
  update cron.job as j
  set
    schedule = coalesce(_alter.schedule, j.schedule),
    command = coalesce(_alter.command, j.command),
    database = coalesce(_alter.database, j.database),
    username = coalesce(_alter.new_username, j.username),
    active = coalesce(_alter.active, j.active)
  where j.jobid = job_id and j.username = caller;
  if not found then
    raise exception 'Job % does not exist or you don''t own it', job_id;
  end if;
end
$$;

create function cron.schedule(schedule text, command text) returns bigint
language sql strict
as $$
  select cron._save(null, schedule, command, current_database(), current_user, true)
$$;

create function cron.schedule(job_name text, schedule text, command text) returns bigint
language sql
as $$
  select cron._save(job_name, schedule, command, current_database(), current_user, true)
$$;

create function cron.schedule_in_database(
  job_name text,
  schedule text,
  command text,
  database text,
  username text default null,
  active boolean default true
) returns bigint
language sql
as $$
  select cron._save(
    job_name, schedule, command, database, coalesce(username, current_user), active
  )
$$;

create function cron.unschedule(job_id bigint) returns boolean
language sql strict
as $$
  select cron._remove(job_id, null, current_user)
$$;

create function cron.unschedule(job_name text) returns boolean
language sql strict
as $$
  select cron._remove(null, job_name, current_user)
$$;

create function cron.alter_job(
  job_id bigint,
  schedule text default null,
  command text default null,
  database text default null,
  username text default null,
  active boolean default null
) returns void
language sql
as $$
  select cron._alter(job_id, schedule, command, database, username, active, current_user)
$$;

revoke execute on function cron.alter_job, cron.schedule_in_database from public;

grant usage on schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
grant all on all tables in schema cron to postgres with grant option;
revoke all on cron.job from postgres;
grant select on cron.job to postgres with grant option;
grant select on cron.job, cron.job_run_details to public;
revoke trigger on cron.job_run_details from postgres;
